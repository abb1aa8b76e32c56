package io.reliablemq.outbox.spi;

/**
 * What is on its way past the outbox.
 *
 * @param messages waiting for an attempt, or without an answer
 * @param bytes of heap, roughly
 */
public record DirectStatus(int messages, long bytes) {}
