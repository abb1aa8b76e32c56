package io.reliablemq.consumer.container;

/** What is done wrong on purpose around the container: a simulation that does not notice these proves nothing. */
enum Break {
    NONE(""),
    /** The broker forgets a message when it hands it out. */
    ACKNOWLEDGED_ON_RECEIPT("lost"),
    /** Dedup records are committed by themselves, before the effect. */
    RECORD_OUTSIDE_TRANSACTION("lost"),
    /** Effects are committed by themselves, before the transaction. */
    EFFECT_OUTSIDE_TRANSACTION("duplicated"),
    /** Two transactions may insert the same key. */
    NO_UNIQUE_KEY("duplicated"),
    /** Dedup records go while their messages may still come again. */
    EARLY_PURGE("duplicated"),
    /** The broker hands out messages while earlier ones of their key are not settled. */
    NOT_FIFO("inverted");

    final String violation;

    Break(String violation) {
        this.violation = violation;
    }
}
