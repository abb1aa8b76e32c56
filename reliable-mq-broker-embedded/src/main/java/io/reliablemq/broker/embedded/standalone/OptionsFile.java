package io.reliablemq.broker.embedded.standalone;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/** Reads options from a properties file in UTF-8. */
final class OptionsFile {

    private OptionsFile() {}

    static Map<Option, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "config is '%s', which cannot be read (%s): name a properties file".formatted(file, e), e);
        }
        Map<Option, String> values = new EnumMap<>(Option.class);
        properties.forEach((name, value) -> values.put(option(file, String.valueOf(name)), String.valueOf(value)));
        return values;
    }

    private static Option option(Path file, String name) {
        try {
            Option option = Option.named(name);
            if (option != Option.CONFIG && option != Option.HELP) {
                return option;
            }
        } catch (IllegalArgumentException e) {
            // said below, with the file
        }
        throw new IllegalArgumentException("'%s' in '%s' is no option of a file".formatted(name, file));
    }
}
