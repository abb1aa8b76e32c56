package io.reliablemq.broker.embedded.standalone;

/** The log of the executable jar: one line for each event, on standard error. */
final class PlainLog {

    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private PlainLog() {}

    /** Before the first logger is made. What {@code -D} says stays. */
    static void at(String level) {
        set("defaultLogLevel", level);
        set("showDateTime", "true");
        set("dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS");
        set("showThreadName", "false");
    }

    private static void set(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }
}
