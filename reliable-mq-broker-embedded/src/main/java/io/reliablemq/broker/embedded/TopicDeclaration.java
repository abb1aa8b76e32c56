package io.reliablemq.broker.embedded;

import java.util.Objects;

/**
 * A topic that the embedded broker has to have.
 *
 * @param name   letters, digits, {@code _}, {@code -}, {@code %} and {@code |}, at most 127 of them
 * @param type   the kind of message the topic takes; it cannot change later
 * @param queues how many queues it is spread over, 1 to 128; later declarations may add queues, never remove them
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
}
