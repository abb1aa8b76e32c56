package io.reliablemq.outbox.spi;

/** A committed outbox row: what to send and which row to delete after the broker has stored it. */
public record OutboxRow(RowRef ref, OutgoingMessage message) {}
