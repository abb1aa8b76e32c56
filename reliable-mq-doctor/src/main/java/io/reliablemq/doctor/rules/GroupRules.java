package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.GroupFacts;
import io.reliablemq.doctor.facts.GroupFacts.State;
import io.reliablemq.doctor.facts.ListenerFacts;
import java.util.List;
import java.util.stream.Stream;

/** Whether the broker's settings of a consumer group are those that its listener counts on. */
final class GroupRules {

    private static final Rule EXISTS = Rule.ofSetting("group");
    private static final Rule RETRIES = Rule.ofSetting("group-retries");
    private static final Rule ORDER = Rule.ofSetting("group-order");
    private static final Rule START = Rule.ofState("group-start");

    private GroupRules() {}

    static Stream<Finding> judge(ApplicationFacts application, GroupFacts group) {
        String subject = "group %s at broker %s".formatted(group.listener().group(), group.broker());
        return group.state()
                .fold(
                        state -> state.map(known -> judge(application, group.listener(), subject, known).stream())
                                .orElseGet(() -> Stream.of(missing(application, group.listener(), subject))),
                        unknown -> Stream.of(EXISTS.unknown(subject, unknown)));
    }

    private static Finding missing(ApplicationFacts application, ListenerFacts listener, String subject) {
        if (application.groupsPrepared()) {
            return EXISTS.ok(
                    subject,
                    "it is created with its listener, with retries enough, and starts from the earliest message");
        }
        return EXISTS.fail(
                subject,
                "it does not exist: the listener '" + listener.id() + "' receives nothing, or, where groups create"
                        + " themselves, skips what was sent before and gives up after 16 retries",
                "Create it before the first message: mqadmin updateSubGroup -n <name server> -c <cluster> -g %s -r %d%s"
                        .formatted(listener.group(), plenty(listener), listener.ordered() ? " -o true" : ""));
    }

    private static List<Finding> judge(
            ApplicationFacts application, ListenerFacts listener, String subject, State state) {
        return List.of(
                EXISTS.ok(subject, "it exists"),
                retries(listener, subject, state),
                order(listener, subject, state),
                start(application, listener, subject, state));
    }

    private static Finding retries(ListenerFacts listener, String subject, State state) {
        int needed = listener.maxAttempts() + listener.uncounted();
        String seen = "retryMaxTimes=" + state.retryMaxTimes();
        int deliveries = state.retryMaxTimes() + 1;
        if (deliveries >= needed) {
            return RETRIES.ok(subject, seen);
        }
        String reason = seen + ", and the listener '" + listener.id() + "' counts on " + needed
                + " deliveries: the broker gives a message up before the listener does, into %DLQ%" + listener.group();
        String remedy =
                "Set its retries: mqadmin updateSubGroup ... -g %s -r %d".formatted(listener.group(), plenty(listener));
        return deliveries < listener.maxAttempts() && !listener.drained()
                ? RETRIES.fail(subject, reason, remedy + "; or set reliable-mq.listener.dead-letters.drain-broker=true")
                : RETRIES.warn(subject, reason, remedy);
    }

    private static int plenty(ListenerFacts listener) {
        return Math.max(10_000, listener.maxAttempts() + listener.uncounted());
    }

    private static Finding order(ListenerFacts listener, String subject, State state) {
        String seen = "consumeMessageOrderly=" + state.orderly();
        if (state.orderly() == listener.ordered()) {
            return ORDER.ok(subject, seen);
        }
        String remedy =
                "Set it: mqadmin updateSubGroup ... -g %s -o %s".formatted(listener.group(), listener.ordered());
        return listener.ordered()
                ? ORDER.fail(subject, seen + ", and the listener '" + listener.id() + "' is ordered", remedy)
                : ORDER.warn(
                        subject,
                        seen + ", and the listener '" + listener.id()
                                + "' is not ordered: one message that fails holds back its queue",
                        remedy);
    }

    private static Finding start(ApplicationFacts application, ListenerFacts listener, String subject, State state) {
        if (application.groupsPrepared() || state.queuesWithoutPosition() == 0) {
            return START.ok(
                    subject,
                    application.groupsPrepared()
                            ? "it starts from the earliest message"
                            : "it has a position in every queue of " + listener.topic());
        }
        return START.warn(
                subject,
                "it has no position yet in " + state.queuesWithoutPosition() + " of " + state.queues() + " queues of "
                        + listener.topic() + ": what was sent before its first receive may be skipped",
                "Send nothing before the listener has received once, or set its position: mqadmin resetOffsetByTime"
                        + " -n <name server> -g " + listener.group() + " -t " + listener.topic() + " -s 0");
    }
}
