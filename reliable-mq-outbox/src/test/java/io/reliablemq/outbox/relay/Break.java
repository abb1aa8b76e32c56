package io.reliablemq.outbox.relay;

/** What is done wrong on purpose around the relay: a simulation that does not notice these proves nothing. */
enum Break {
    NONE(""),
    /** The database deletes what stands between the lowest and the highest of the stored messages. */
    SETTLED_BY_RANGE("lost"),
    /** Whoever asks what stands behind the cursor is told that nothing does. */
    NOTHING_BEHIND_THE_CURSOR("stuck"),
    /** The broker says that it refuses some messages, and stores them. */
    STORED_THOUGH_REFUSED("sent though it can be cancelled"),
    /** The broker answers before it has stored a message, and forgets some of them. */
    ANSWERED_BEFORE_STORED("lost"),
    /** The relay is handed messages before their transaction ends. */
    HANDED_OVER_BEFORE_COMMIT("phantom"),
    /** The broker keeps some messages for a while, although it has answered: the next one of the key is first. */
    STORED_OUT_OF_ORDER("inverted"),
    /** A process that is stopped ends as soon as all answers have come. */
    STOPPED_BEFORE_SETTLED("left behind"),
    /** What is due is moved although a transaction is just taking it back. */
    MOVED_THOUGH_LOCKED("phantom"),
    /** Whoever asks what stands in other lanes is told that nothing does. */
    NOTHING_IN_OTHER_LANES("inverted"),
    /** It ends although messages are where their keys no longer belong. */
    NOTHING_MISPLACED("inverted");

    final String violation;

    Break(String violation) {
        this.violation = violation;
    }
}
