package io.reliablemq.broker.embedded.server;

import java.util.Map;
import java.util.Objects;

/** Reads the values of a call. */
final class Arguments {

    private Arguments() {}

    static String text(Map<String, String> arguments, String name) {
        return Objects.requireNonNull(arguments.get(name), name);
    }

    static int number(Map<String, String> arguments, String name) {
        return Integer.parseInt(text(arguments, name));
    }

    static boolean flag(Map<String, String> arguments, String name) {
        return Boolean.parseBoolean(text(arguments, name));
    }
}
