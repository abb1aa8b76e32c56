package io.reliablemq.consumer.spi;

import java.time.Duration;

/** What became of one delivery, and so what the container has to do. */
public sealed interface ProcessingOutcome {

    /** Committed: acknowledge. */
    record Settled(Kind kind) implements ProcessingOutcome {}

    /** Rolled back: deliver again after that time. */
    record Postponed(Duration delay, Throwable cause) implements ProcessingOutcome {}

    /** The database cannot be used: deliver again, and receive nothing more until it can. */
    record InfrastructureFailed(Throwable cause) implements ProcessingOutcome {}

    /** How a message was settled. */
    enum Kind {
        PROCESSED,
        DUPLICATE,
        DEAD_LETTERED
    }
}
