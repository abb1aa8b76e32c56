package io.reliablemq.broker.embedded.standalone;

import java.util.Arrays;
import java.util.Locale;

/** What can be said on the command line, and except for {@link #CONFIG} and {@link #HELP} in a file. */
enum Option {
    DATA_DIRECTORY("reliable-mq-data", "where everything is kept; one broker at a time"),
    MODE("in-process", "in-process, or processes: each broker in a JVM of its own"),
    BROKERS("1", "1 to 4 brokers that share the messages; while one is away others take them"),
    REPLICAS("1", "copies of each message: 1, 2, or 3 (with processes), one of which takes over"),
    PORT("8081", "of the gRPC endpoint, on loopback; 0 for a free one"),
    NAME_SERVER_PORT("9876", "of the name server, on loopback; 0 for a free one"),
    TOPICS("", "NAME[:TYPE[:QUEUES]],...; types are normal, fifo, delay, transaction"),
    GROUPS("", "consumer groups: NAME[:fifo],..."),
    FILE_RESERVED_TIME("5d", "how long messages are kept at least, read or not: 12h, 7d"),
    DELETE_WHEN("4", "hours of the day in which older ones are deleted: 4,16"),
    DISK_MAX_USED_SPACE_RATIO("85", "percentage in use above which they are deleted in any hour, 10 to 85"),
    DISK_SPACE_WARNING_LEVEL_RATIO("90", "percentage in use above which sends are refused, 35 to 90"),
    CONFIG("", "properties file with these options without --; the command line wins"),
    READY_FILE("", "is there, with the addresses in it, while the broker serves"),
    STOP_AT_END_OF_INPUT("false", "closes when whoever started it is gone, or closes its standard input"),
    LOG_LEVEL("warn", "error, warn, info, or debug for what RocketMQ has to say"),
    HELP("false", "prints this");

    private final String standard;
    private final String meaning;

    Option(String standard, String meaning) {
        this.standard = standard;
        this.meaning = meaning;
    }

    /** Throws {@link IllegalArgumentException} where there is no such option. */
    static Option named(String name) {
        return Arrays.stream(values())
                .filter(option -> option.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is no option".formatted(name)));
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String standard() {
        return standard;
    }

    String meaning() {
        return meaning;
    }

    boolean isSwitch() {
        return standard.equals("false");
    }
}
