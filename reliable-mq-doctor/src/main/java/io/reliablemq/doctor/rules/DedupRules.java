package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import io.reliablemq.doctor.facts.ListenerFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether listeners remember what they have handled for as long as a message can come again. */
final class DedupRules {

    private static final Rule WINDOW = Rule.ofSetting("dedup-window");
    private static final Duration DAY = Duration.ofDays(1);

    private DedupRules() {}

    static List<Finding> judge(ApplicationFacts application, BrokerFacts broker, State state) {
        int hours = state.number("fileReservedTime", -1);
        if (!broker.isMaster() || hours < 0) {
            return List.of();
        }
        Duration residence = Duration.ofHours(hours)
                .plus(CleaningHours.of(state.setting("deleteWhen"))
                        .map(CleaningHours::longestPause)
                        .orElse(DAY));
        List<Finding> findings = new ArrayList<>();
        for (ListenerFacts listener : application.listeners()) {
            findings.add(judge(listener, broker, residence));
        }
        return findings;
    }

    private static Finding judge(ListenerFacts listener, BrokerFacts broker, Duration residence) {
        String subject = "listener %s at broker %s".formatted(listener.id(), broker.name());
        Duration needed = residence.plus(listener.attemptsSpan());
        String seen = "its dedup window is " + text(listener.dedupWindow());
        if (listener.dedupWindow().compareTo(needed) >= 0) {
            return WINDOW.ok(subject, seen + ", a message can come for " + text(needed));
        }
        return WINDOW.warn(
                subject,
                seen + ", and a message can come for " + text(needed) + ": the broker keeps it for " + text(residence)
                        + " and its attempts take up to " + text(listener.attemptsSpan())
                        + ". One that comes later than the window is set aside as a dead letter, not applied",
                "Set reliable-mq.listener.dedup-window to %dh or more, or lower fileReservedTime of the broker"
                        .formatted(needed.toHours() + 1));
    }

    private static String text(Duration time) {
        return time.toMinutesPart() == 0 ? time.toHours() + "h" : time.toHours() + "h" + time.toMinutesPart() + "m";
    }
}
