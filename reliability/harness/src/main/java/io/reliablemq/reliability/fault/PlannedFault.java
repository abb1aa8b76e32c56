package io.reliablemq.reliability.fault;

/**
 * A fault as it is drawn from the seed.
 *
 * @param durationMs between its strike and the beginning of its healing
 * @param choice decides which process, which direction and after how many bytes, whatever the fault has to choose
 */
public record PlannedFault(FaultKind kind, long durationMs, int choice) {}
