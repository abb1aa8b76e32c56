package io.reliablemq.journey;

/** The arrows of a message's journey: where the process dies. */
enum CrashPoint {
    /** The order and its message are inserted, not committed. */
    BEFORE_ORDER_COMMIT,
    AFTER_ORDER_COMMIT,
    BEFORE_SEND,
    /** The broker has stored the message and said so; the row is still there. */
    AFTER_SEND_OK,
    AFTER_SETTLE,
    /** Received, nothing done. */
    AFTER_RECEIVE,
    /** Dedup record and effect are inserted, not committed. */
    BEFORE_EFFECT_COMMIT,
    /** The effect is committed; the broker does not know. */
    AFTER_EFFECT_COMMIT,
    AFTER_ACK;

    private static final String PROPERTY = "crash.at";

    /** Dies here, as by kill -9, if this is the point that the JVM was started with. */
    void reached() {
        if (name().equals(chosen())) {
            Runtime.getRuntime().halt(137);
        }
    }

    /** The point that this JVM was started with. */
    static String chosen() {
        return System.getProperty(PROPERTY, "");
    }

    String jvmOption() {
        return "-D" + PROPERTY + "=" + name();
    }
}
