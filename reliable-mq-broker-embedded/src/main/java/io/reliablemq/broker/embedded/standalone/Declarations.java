package io.reliablemq.broker.embedded.standalone;

import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Topics and groups as they are written in an option. */
final class Declarations {

    private Declarations() {}

    /** {@code NAME[:TYPE[:QUEUES]]} */
    static TopicDeclaration topic(String text) {
        List<String> parts = parts(text, 3, "NAME[:TYPE[:QUEUES]]");
        TopicDeclaration standard = TopicDeclaration.normal(parts.get(0));
        return new TopicDeclaration(
                standard.name(),
                parts.size() > 1 ? type(text, parts.get(1)) : standard.type(),
                parts.size() > 2 ? number("the number of queues in '" + text + "'", parts.get(2)) : standard.queues());
    }

    /** {@code NAME[:fifo]} */
    static GroupDeclaration group(String text) {
        List<String> parts = parts(text, 2, "NAME[:fifo]");
        if (parts.size() == 1) {
            return GroupDeclaration.concurrent(parts.get(0));
        }
        if (!parts.get(1).equals("fifo")) {
            throw new IllegalArgumentException(
                    "'%s' in group '%s' is not known: write NAME or NAME:fifo".formatted(parts.get(1), text));
        }
        return GroupDeclaration.fifo(parts.get(0));
    }

    static int number(String what, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s is '%s': use a whole number".formatted(what, value), e);
        }
    }

    private static List<String> parts(String text, int most, String form) {
        List<String> parts = List.of(text.split(":", -1));
        if (parts.size() > most) {
            throw new IllegalArgumentException("'%s' has too many parts: write %s".formatted(text, form));
        }
        return parts;
    }

    private static TopicType type(String topic, String name) {
        return Arrays.stream(TopicType.values())
                .filter(type -> type.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' in topic '%s' is no type: use %s"
                        .formatted(
                                name,
                                topic,
                                Arrays.stream(TopicType.values())
                                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }
}
