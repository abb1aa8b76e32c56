package io.reliablemq.broker.embedded.standalone;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.DiskLimits;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values of all options. What is wrong with one is said by an {@link IllegalArgumentException} that names it. */
final class Options {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([hd])");

    private final Map<Option, String> values;

    private Options(Map<Option, String> values) {
        this.values = values;
    }

    /** The command line, over the file that it names. */
    static Options parse(String... arguments) {
        Map<Option, String> given = CommandLine.read(arguments);
        Map<Option, String> values = new EnumMap<>(Option.class);
        if (given.containsKey(Option.CONFIG)) {
            values.putAll(OptionsFile.read(path(Option.CONFIG, given.get(Option.CONFIG))));
        }
        values.putAll(given);
        return new Options(values);
    }

    boolean isHelp() {
        return isOn(Option.HELP);
    }

    Launch launch() {
        String readyFile = text(Option.READY_FILE);
        return new Launch(
                settings(),
                new ReadyFile(readyFile.isEmpty() ? null : path(Option.READY_FILE, readyFile)),
                isOn(Option.STOP_AT_END_OF_INPUT),
                oneOf(Option.LOG_LEVEL, "error", "warn", "info", "debug", "trace"));
    }

    private EmbeddedBrokerSettings settings() {
        return EmbeddedBrokerSettings.in(path(Option.DATA_DIRECTORY, text(Option.DATA_DIRECTORY)))
                .withMode(mode())
                .withBrokers(number(Option.BROKERS))
                .withReplicas(number(Option.REPLICAS))
                .withProxyPort(number(Option.PORT))
                .withNameServerPort(number(Option.NAME_SERVER_PORT))
                .withDiskLimits(diskLimits())
                .withTopics(list(Option.TOPICS).map(TopicDeclaration::parse).toArray(TopicDeclaration[]::new))
                .withGroups(list(Option.GROUPS).map(GroupDeclaration::parse).toArray(GroupDeclaration[]::new));
    }

    private DiskLimits diskLimits() {
        SortedSet<Integer> hours = new TreeSet<>();
        list(Option.DELETE_WHEN).forEach(hour -> hours.add(number(Option.DELETE_WHEN, hour)));
        return new DiskLimits(
                time(Option.FILE_RESERVED_TIME),
                hours,
                number(Option.DISK_MAX_USED_SPACE_RATIO),
                number(Option.DISK_SPACE_WARNING_LEVEL_RATIO));
    }

    private BrokerMode mode() {
        return oneOf(Option.MODE, "in-process", "processes").equals("processes")
                ? BrokerMode.PROCESSES
                : BrokerMode.IN_PROCESS;
    }

    private boolean isOn(Option option) {
        return oneOf(option, "true", "false").equals("true");
    }

    private String oneOf(Option option, String... allowed) {
        String value = text(option);
        if (!Arrays.asList(allowed).contains(value)) {
            throw new IllegalArgumentException(
                    "%s is '%s': use %s".formatted(option.text(), value, String.join(", ", allowed)));
        }
        return value;
    }

    private Duration time(Option option) {
        Matcher time = TIME.matcher(text(option));
        if (!time.matches()) {
            throw new IllegalArgumentException(
                    "%s is '%s': use hours or days, as in 12h or 7d".formatted(option.text(), text(option)));
        }
        long number = Long.parseLong(time.group(1));
        return time.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number);
    }

    private int number(Option option) {
        return number(option, text(option));
    }

    private static int number(Option option, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s is '%s': use a whole number".formatted(option.text(), value), e);
        }
    }

    private Stream<String> list(Option option) {
        return Arrays.stream(text(option).split(",")).map(String::strip).filter(part -> !part.isEmpty());
    }

    private String text(Option option) {
        return values.getOrDefault(option, option.standard()).strip();
    }

    private static Path path(Option option, @Nullable String value) {
        try {
            if (value != null && !value.isBlank()) {
                return Path.of(value);
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new IllegalArgumentException("%s is '%s', which is no path".formatted(option.text(), value));
    }
}
