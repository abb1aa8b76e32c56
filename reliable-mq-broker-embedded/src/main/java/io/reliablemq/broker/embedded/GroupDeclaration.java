package io.reliablemq.broker.embedded;

import java.util.List;

/**
 * A consumer group that the embedded broker has to have. A new group starts from the earliest message of every topic.
 *
 * @param name          letters, digits, {@code _}, {@code -}, {@code %} and {@code |}, at most 120 of them
 * @param fifo          whether the group consumes in order
 * @param retryMaxTimes how often the broker redelivers a message before it moves it to its own dead-letter topic, at
 *                      least 0; the default is practically never, because only a persisted failure count should decide
 */
public record GroupDeclaration(String name, boolean fifo, int retryMaxTimes) {

    /** Practically never: at one retry per second it takes eleven days. */
    public static final int NEVER_DEAD_LETTER = 1_000_000;

    /** Validates the declaration; throws {@link IllegalArgumentException} naming the value that is wrong. */
    public GroupDeclaration {
        Names.requireValid("consumer group", name, 120);
        if (retryMaxTimes < 0) {
            throw new IllegalArgumentException("Consumer group '%s' is declared with retryMaxTimes %d: use 0 or more"
                    .formatted(name, retryMaxTimes));
        }
    }

    /** A group that consumes without order and that the broker never dead-letters by itself. */
    public static GroupDeclaration concurrent(String name) {
        return new GroupDeclaration(name, false, NEVER_DEAD_LETTER);
    }

    /** A group that consumes in order and that the broker never dead-letters by itself. */
    public static GroupDeclaration fifo(String name) {
        return new GroupDeclaration(name, true, NEVER_DEAD_LETTER);
    }

    /**
     * Reads {@code NAME[:fifo]}, one that the broker never dead-letters by itself.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static GroupDeclaration parse(String text) {
        List<String> parts = Names.parts(text, 2, "NAME[:fifo]");
        if (parts.size() == 1) {
            return concurrent(parts.get(0));
        }
        if (!parts.get(1).equals("fifo")) {
            throw new IllegalArgumentException(
                    "'%s' in group '%s' is not known: write NAME or NAME:fifo".formatted(parts.get(1), text));
        }
        return fifo(parts.get(0));
    }
}
