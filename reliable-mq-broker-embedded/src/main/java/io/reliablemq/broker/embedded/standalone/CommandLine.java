package io.reliablemq.broker.embedded.standalone;

import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code --name=value} and {@code --switch}. */
final class CommandLine {

    private static final Pattern OPTION = Pattern.compile("--([a-z-]+)(?:=(.*))?", Pattern.DOTALL);

    private CommandLine() {}

    static Map<Option, String> read(String... arguments) {
        Map<Option, String> values = new EnumMap<>(Option.class);
        for (String argument : arguments) {
            Matcher parts = OPTION.matcher(argument);
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        "'%s' is no option: options look like --replicas=2".formatted(argument));
            }
            Option option = Option.named(parts.group(1));
            if (values.put(option, value(option, parts.group(2))) != null) {
                throw new IllegalArgumentException("--%s is given twice: give it once".formatted(option.text()));
            }
        }
        return values;
    }

    private static String value(Option option, @Nullable String value) {
        if (option.isSwitch() && value == null) {
            return "true";
        }
        if (value == null) {
            throw new IllegalArgumentException(
                    "--%s has no value: write --%s=...".formatted(option.text(), option.text()));
        }
        return value;
    }
}
