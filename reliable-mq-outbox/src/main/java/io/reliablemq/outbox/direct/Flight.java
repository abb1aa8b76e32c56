package io.reliablemq.outbox.direct;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.OptionalLong;

/** A message from when it is taken until its fate is known. Waits for the answer to one attempt at a time, or for the next one. */
final class Flight {

    final OutgoingMessage message;
    final long takenAt;
    private int attempts;
    private boolean waitsForAnswer;
    private long sentAt;

    Flight(OutgoingMessage message, long takenAt) {
        this.message = message;
        this.takenAt = takenAt;
    }

    /** @return the number of the attempt that begins with it */
    synchronized int begin(long now) {
        sentAt = now;
        waitsForAnswer = true;
        return ++attempts;
    }

    /** @return false when this attempt's answer was given up, or taken, already */
    synchronized boolean answered(int attempt) {
        boolean awaited = waitsForAnswer && attempt == attempts;
        if (awaited) {
            waitsForAnswer = false;
        }
        return awaited;
    }

    synchronized int attempts() {
        return attempts;
    }

    /** Since when the answer to the last attempt is waited for. */
    synchronized OptionalLong waitsSince() {
        return waitsForAnswer ? OptionalLong.of(sentAt) : OptionalLong.empty();
    }
}
