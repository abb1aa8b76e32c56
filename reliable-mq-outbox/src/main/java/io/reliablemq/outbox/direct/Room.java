package io.reliablemq.outbox.direct;

import io.reliablemq.outbox.spi.DirectSettings;
import io.reliablemq.outbox.spi.DirectStatus;
import java.util.concurrent.TimeUnit;

/** How many messages, and bytes of them, there may be at once, and how many there are. Held for a few instructions only. */
final class Room {

    enum Answer {
        TAKEN,
        FULL,
        CLOSED
    }

    private final int maxMessages;
    private final long maxBytes;
    private int messages;
    private long bytes;
    private boolean closed;

    Room(DirectSettings settings) {
        this.maxMessages = settings.maxInFlight();
        this.maxBytes = settings.maxBytes();
    }

    /** All of it or nothing. */
    synchronized Answer take(int count, long weight) {
        if (closed) {
            return Answer.CLOSED;
        }
        if (count > maxMessages - messages || weight > maxBytes - bytes) {
            return Answer.FULL;
        }
        messages += count;
        bytes += weight;
        return Answer.TAKEN;
    }

    synchronized void free(long weight) {
        messages--;
        bytes -= weight;
        if (messages == 0) {
            notifyAll();
        }
    }

    synchronized void open() {
        closed = false;
    }

    synchronized void close() {
        closed = true;
    }

    /** Returns when nothing is there any more, or after that time. */
    synchronized void awaitEmpty(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        long left = nanos;
        while (messages > 0 && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
    }

    synchronized DirectStatus status() {
        return new DirectStatus(messages, bytes);
    }

    /** For error messages. */
    synchronized String describe() {
        return messages + " messages with " + bytes + " bytes are on their way (max-in-flight " + maxMessages
                + ", max-bytes " + maxBytes + ")";
    }
}
