package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All rules, as one function of what was seen. */
public final class Rules {

    private static final Rule CLUSTER = Rule.ofState("cluster");
    private static final Rule BROKER = Rule.ofState("broker");
    private static final Rule DATABASE = Rule.ofState("database");
    private static final List<BrokerRule> OF_BROKERS = Stream.concat(
                    StorageRules.all().stream(), ReplicationRules.all().stream())
            .toList();

    private Rules() {}

    /** Judges everything; what could not be seen is UNKNOWN. */
    public static Findings judge(Facts facts) {
        List<Finding> findings = new ArrayList<>(ApplicationRules.judge(facts.application()));
        Answer<DatabaseFacts> database = facts.database();
        if (database != null) {
            findings.addAll(database.fold(
                    known -> DatabaseRules.judge(facts.application(), known),
                    unknown -> List.of(DATABASE.unknown("database", unknown))));
        }
        findings.addAll(facts.cluster()
                .fold(
                        cluster -> judge(facts.application(), cluster),
                        unknown -> List.of(CLUSTER.unknown("name server", unknown))));
        return new Findings(findings, Guarantees.of(facts, findings));
    }

    private static List<Finding> judge(ApplicationFacts application, ClusterFacts cluster) {
        List<Finding> findings = new ArrayList<>();
        findings.add(CLUSTER.ok("name server", "it knows " + cluster.brokers().size() + " brokers"));
        cluster.brokers()
                .forEach(broker -> findings.addAll(broker.state()
                        .fold(
                                state -> judge(application, broker, state),
                                unknown -> List.of(BROKER.unknown(broker.subject(), unknown)))));
        findings.addAll(TopicRules.judge(application, cluster));
        cluster.groups().stream()
                .flatMap(group -> GroupRules.judge(application, group))
                .forEach(findings::add);
        return findings;
    }

    private static List<Finding> judge(ApplicationFacts application, BrokerFacts broker, State state) {
        List<Finding> findings = new ArrayList<>();
        findings.add(BROKER.ok(broker.subject(), "it answers"));
        OF_BROKERS.forEach(rule -> rule.judge(application, broker, state).ifPresent(findings::add));
        findings.addAll(DedupRules.judge(application, broker, state));
        return findings;
    }
}
