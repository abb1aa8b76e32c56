package io.reliablemq.outbox.spi;

/** A message with the lane that it will be written to. */
public record LaneMessage(int lane, OutgoingMessage message) {}
