package io.reliablemq.outbox.spi;

import org.jspecify.annotations.Nullable;

/** What is known after an attempt to send. Only {@link Stored} is success. */
public sealed interface SendOutcome {

    /** One line for logs and operators; never payload or credentials. */
    String text();

    /** What a completed send means: one that failed, or has no outcome, is unknown. */
    static SendOutcome of(@Nullable SendOutcome outcome, @Nullable Throwable error) {
        if (error != null) {
            return new Unknown(error.toString());
        }
        return outcome == null ? new Unknown("no outcome") : outcome;
    }

    /** The broker has answered SEND_OK: stored as durably as it is configured to. */
    record Stored() implements SendOutcome {

        @Override
        public String text() {
            return "stored";
        }
    }

    /**
     * The broker definitely refused and has not stored the message, in no attempt of this call; sending the same again cannot
     * succeed without a change by an operator.
     *
     * @param detail for logs and operators; never payload or credentials
     */
    record Refused(Reason reason, String detail) implements SendOutcome {

        @Override
        public String text() {
            return reason + ": " + detail;
        }
    }

    /**
     * Anything else: time-out, unreachable, a status other than SEND_OK. The message may or may not be stored, so it
     * is sent again under the same id, for as long as it takes.
     *
     * @param detail for logs and operators; never payload or credentials
     */
    record Unknown(String detail) implements SendOutcome {

        @Override
        public String text() {
            return detail;
        }
    }

    /**
     * The broker is there and has too much to do just now. The message is sent again under the same id after a pause, and
     * fewer of its topic are sent at once; that is no outage.
     *
     * @param detail for logs and operators; never payload or credentials
     */
    record Busy(String detail) implements SendOutcome {

        @Override
        public String text() {
            return detail;
        }
    }

    /** Why a broker refuses for good. */
    enum Reason {
        /** The topic does not exist; also what a broker without its data answers, see {@code OutboxStore.knownTopics}. */
        UNKNOWN_TOPIC,
        WRONG_TOPIC_TYPE,
        ACCESS_DENIED,
        TOO_LARGE,
        ILLEGAL_MESSAGE
    }
}
