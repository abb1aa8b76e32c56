package io.reliablemq.broker.embedded.server;

import java.util.Map;
import java.util.Objects;

/** Reads the values of a call. */
final class Arguments {

    private Arguments() {}

    static <T> T get(Map<String, Object> arguments, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(arguments.get(name), name));
    }
}
