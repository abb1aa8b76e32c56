package io.reliablemq.reliability.broker;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Arguments of the form {@code name=value}. */
record Given(Map<String, String> values) {

    static Given of(String... arguments) {
        return new Given(Arrays.stream(arguments)
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
    }

    String get(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing: the conductor says all of them");
        }
        return value;
    }
}
