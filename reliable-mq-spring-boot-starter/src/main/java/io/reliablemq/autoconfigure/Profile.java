package io.reliablemq.autoconfigure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a kind of application wants other defaults for. Whatever the application itself sets counts before them. */
enum Profile {
    /** Strong consistency: nothing may be lost, and everything can be proven. */
    FINANCIAL,
    /** Eventual consistency by outbox and dead letters: what holds without a profile. */
    ORDER,
    /** Throughput first: past the outbox, many at once. */
    LOG;

    static final String PROPERTY = "reliable-mq.profile";

    Map<String, String> defaults() {
        return switch (this) {
            case FINANCIAL ->
                Map.of(
                        "reliable-mq.outbox.retention", "7d",
                        "reliable-mq.doctor.on-failure", "refuse",
                        "reliable-mq.doctor.copies", "2",
                        "reliable-mq.broker.embedded.replicas", "2",
                        "reliable-mq.reconciliation.enabled", "true");
            case ORDER -> Map.of();
            case LOG ->
                Map.of(
                        "reliable-mq.outbox.mode", "direct",
                        "reliable-mq.direct.max-in-flight", "16384",
                        "reliable-mq.direct.max-bytes", "64MB",
                        "reliable-mq.listener.coalesce", "32",
                        "reliable-mq.listener.concurrency", "8",
                        "reliable-mq.listener.retry.max-attempts", "3",
                        "reliable-mq.doctor.copies", "1");
        };
    }

    /** @throws ReliableMqConfigurationException when there is none of that name */
    static Profile named(String name) {
        return Arrays.stream(values())
                .filter(profile -> profile.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new ReliableMqConfigurationException(
                        PROPERTY + " is '" + name + "', and there is no such profile.",
                        "Set it to one of "
                                + Arrays.stream(values())
                                        .map(profile -> profile.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))
                                + ", or leave it out."));
    }
}
