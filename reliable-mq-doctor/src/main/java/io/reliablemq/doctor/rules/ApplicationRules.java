package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ApplicationFacts.RelayFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the application's own settings fit each other. */
final class ApplicationRules {

    private static final String RELAY = "relay";
    private static final Rule LEASE = Rule.ofSetting("relay-lease");
    private static final Rule SHUTDOWN = Rule.ofSetting("relay-shutdown");
    private static final Rule ARCHIVE = Rule.ofSetting("archive-retention");

    private ApplicationRules() {}

    static List<Finding> judge(ApplicationFacts application) {
        RelayFacts relay = application.relay();
        List<Finding> findings = new ArrayList<>();
        if (relay != null) {
            findings.add(lease(relay, application.requestTimeout()));
            findings.add(shutdown(relay, application.requestTimeout()));
            if (!relay.retention().isZero()) {
                archive(relay, application.listeners()).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static Finding lease(RelayFacts relay, Duration request) {
        String seen = "lease " + relay.lease() + ", request time-out " + request;
        return relay.lease().compareTo(request) > 0
                ? LEASE.ok(RELAY, seen)
                : LEASE.warn(
                        RELAY,
                        seen + ": a send can be under way for longer than this instance owns its lanes, and another one"
                                + " sends the message, too; listeners drop the second",
                        "Raise reliable-mq.outbox.relay.lease above reliable-mq.rocketmq.request-timeout");
    }

    private static Finding shutdown(RelayFacts relay, Duration request) {
        String seen = "shut-down time-out " + relay.shutdownTimeout() + ", request time-out " + request;
        return relay.shutdownTimeout().compareTo(request) >= 0
                ? SHUTDOWN.ok(RELAY, seen)
                : SHUTDOWN.warn(
                        RELAY,
                        seen + ": each stop cuts off sends that are still waiting for their answer, and they are made"
                                + " again",
                        "Raise reliable-mq.outbox.relay.shutdown-timeout to reliable-mq.rocketmq.request-timeout");
    }

    private static Optional<Finding> archive(RelayFacts relay, List<ListenerFacts> listeners) {
        return listeners.stream()
                .map(ListenerFacts::dedupWindow)
                .min(Duration::compareTo)
                .map(shortest -> {
                    String seen = "retention " + relay.retention() + ", shortest dedup window " + shortest;
                    return relay.retention().compareTo(shortest) <= 0
                            ? ARCHIVE.ok("archive", seen)
                            : ARCHIVE.warn(
                                    "archive",
                                    seen
                                            + ": what is replayed from the end of the archive is older than the window, and set"
                                            + " aside as dead letters",
                                    "Lower reliable-mq.outbox.retention, or raise reliable-mq.listener.dedup-window");
                });
    }
}
