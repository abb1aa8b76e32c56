package io.reliablemq.samples.orders.demo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the service says about itself in {@code GET /stats}. */
record Stats(long orders, long outboxPending, long reserved, long notified, long duplicatesSuppressed) {

    static final Stats NONE = new Stats(0, 0, 0, 0, 0);

    static Stats parse(String json) {
        return new Stats(
                number(json, "orders"),
                number(json, "outboxPending"),
                number(json, "inventory"),
                number(json, "notification"),
                number(json, "duplicatesSuppressed"));
    }

    long effectsPending() {
        return 2 * orders - reserved - notified;
    }

    boolean drained() {
        return outboxPending == 0 && reserved == orders && notified == orders;
    }

    /** The first of that name: effects come before dead letters. */
    private static long number(String json, String name) {
        Matcher matcher = Pattern.compile('"' + name + "\":(\\d+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("No \"" + name + "\" in " + json);
        }
        return Long.parseLong(matcher.group(1));
    }
}
