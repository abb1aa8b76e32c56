package io.reliablemq.doctor.rules;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import io.reliablemq.doctor.facts.TopicFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Whether topics exist and are of the right type. */
final class TopicRules {

    private static final Rule EXISTS = Rule.ofSetting("topic");
    private static final Rule TYPE = Rule.ofSetting("topic-type");
    private static final String FIFO = "FIFO";

    private TopicRules() {}

    static List<Finding> judge(ApplicationFacts application, ClusterFacts cluster) {
        Map<String, List<TopicFacts>> byTopic =
                cluster.topics().stream().collect(groupingBy(TopicFacts::topic, TreeMap::new, toList()));
        List<Finding> findings = new ArrayList<>();
        byTopic.forEach((topic, atBrokers) -> {
            List<ListenerFacts> listeners = application.listeners().stream()
                    .filter(listener -> listener.topic().equals(topic))
                    .toList();
            judge(topic, atBrokers, listeners, application.topics().contains(topic), findings);
        });
        return findings;
    }

    /** @param wanted the application is configured to send to it; else it has sent to it before, which may be over */
    private static void judge(
            String topic,
            List<TopicFacts> atBrokers,
            List<ListenerFacts> listeners,
            boolean wanted,
            List<Finding> findings) {
        List<String> types = atBrokers.stream()
                .flatMap(at -> at.type().fold(Optional::stream, unknown -> Stream.empty()))
                .distinct()
                .toList();
        if (types.isEmpty()) {
            findings.add(missing(topic, atBrokers, wanted || !listeners.isEmpty()));
            return;
        }
        findings.add(EXISTS.ok("topic " + topic, "it exists"));
        listeners.stream().filter(ListenerFacts::ordered).forEach(listener -> findings.add(type(listener, types)));
    }

    private static Finding missing(String topic, List<TopicFacts> atBrokers, boolean wanted) {
        String subject = "topic " + topic;
        for (TopicFacts at : atBrokers) {
            if (at.type() instanceof Answer.Unknown<Optional<String>> unknown) {
                return EXISTS.unknown(subject, unknown);
            }
        }
        String reason =
                "no broker has it: messages to it are parked, or wait in the outbox, and listeners receive nothing";
        String remedy = "Create it: mqadmin updateTopic -n <name server> -c <cluster> -t " + topic
                + " -a +message.type=NORMAL (or FIFO, DELAY)";
        return wanted
                ? EXISTS.fail(subject, reason, remedy)
                : EXISTS.warn(
                        subject,
                        reason,
                        remedy + ". When nobody sends to it any more, delete its row from reliable_mq_outbox_topic");
    }

    private static Finding type(ListenerFacts listener, List<String> types) {
        String subject = "topic " + listener.topic();
        String seen = "its message type is " + String.join(" and ", types);
        if (types.equals(List.of(FIFO))) {
            return TYPE.ok(subject, seen);
        }
        return TYPE.fail(
                subject,
                seen + ", and the listener '" + listener.id() + "' is ordered: there is no order in it",
                "Create a topic with +message.type=FIFO, a type cannot be changed, or make the listener unordered");
    }
}
