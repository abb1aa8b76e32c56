package io.reliablemq.broker.embedded;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A topic that the embedded broker has to have.
 *
 * @param name   letters, digits, {@code _}, {@code -}, {@code %} and {@code |}, at most 127 of them
 * @param type   the kind of message the topic takes; it cannot change later
 * @param queues how many queues it is spread over, 1 to 128; later declarations may add queues, never remove them. Where there is one
 *     broker only, ordering keys of a FIFO topic stay in the queues that it was made with, because one that moves may be overtaken by itself
 */
public record TopicDeclaration(String name, TopicType type, int queues) {

    private static final int DEFAULT_QUEUES = 4;

    /** Validates the declaration; throws {@link IllegalArgumentException} naming the value that is wrong. */
    public TopicDeclaration {
        Names.requireValid("topic", name, 127);
        Objects.requireNonNull(type, "type of topic '" + name + "' must not be null");
        if (queues < 1 || queues > 128) {
            throw new IllegalArgumentException(
                    "Topic '%s' is declared with %d queues: use 1 to 128".formatted(name, queues));
        }
    }

    /** A topic for messages without order, over four queues. */
    public static TopicDeclaration normal(String name) {
        return new TopicDeclaration(name, TopicType.NORMAL, DEFAULT_QUEUES);
    }

    /** A topic for messages in order per message group, over four queues. */
    public static TopicDeclaration fifo(String name) {
        return new TopicDeclaration(name, TopicType.FIFO, DEFAULT_QUEUES);
    }

    /**
     * Reads {@code NAME[:TYPE[:QUEUES]]}, as in {@code orders}, {@code payments:fifo} and {@code reminders:delay:1}.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static TopicDeclaration parse(String text) {
        List<String> parts = Names.parts(text, 3, "NAME[:TYPE[:QUEUES]]");
        return new TopicDeclaration(
                parts.get(0),
                parts.size() > 1 ? type(text, parts.get(1)) : TopicType.NORMAL,
                parts.size() > 2 ? queues(text, parts.get(2)) : DEFAULT_QUEUES);
    }

    private static TopicType type(String topic, String name) {
        return Arrays.stream(TopicType.values())
                .filter(type -> nameOf(type).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' in topic '%s' is no type: use %s"
                        .formatted(
                                name,
                                topic,
                                Arrays.stream(TopicType.values())
                                        .map(TopicDeclaration::nameOf)
                                        .collect(Collectors.joining(", ")))));
    }

    private static String nameOf(TopicType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static int queues(String topic, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the number of queues in '%s' is '%s': use a whole number".formatted(topic, number), e);
        }
    }
}
