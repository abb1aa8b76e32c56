package io.reliablemq.outbox.direct;

import io.reliablemq.outbox.spi.OutgoingMessage;

/** A message from when it is taken until its fate is known. Has one attempt at a time, so one thread at a time. */
final class Flight {

    final OutgoingMessage message;
    final long takenAt;
    int attempts;

    Flight(OutgoingMessage message, long takenAt) {
        this.message = message;
        this.takenAt = takenAt;
    }
}
