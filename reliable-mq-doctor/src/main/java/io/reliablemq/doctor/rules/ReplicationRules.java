package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.Replica;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether an acknowledged message is at as many brokers as it has to be. Masters only: they decide when to acknowledge. */
final class ReplicationRules {

    private static final long LAGGING = 16L * 1024 * 1024;
    /** Its own time-out for the broker's answer; no setting of the client changes it. */
    private static final Duration PROXY_WAITS = Duration.ofSeconds(2);

    private static final String UNDER_A_CONTROLLER = "enableControllerMode";

    private ReplicationRules() {}

    static List<BrokerRule> all() {
        return List.of(
                ReplicationRules::role,
                ReplicationRules::inSyncReplicas,
                ReplicationRules::degradation,
                ReplicationRules::replicasPresent,
                ReplicationRules::replicaLag,
                ReplicationRules::timeouts);
    }

    private static Optional<Finding> role(ApplicationFacts application, BrokerFacts broker, State state) {
        if (!broker.isMaster() || state.isOn(UNDER_A_CONTROLLER)) {
            return Optional.empty();
        }
        Rule rule = Rule.ofSetting("broker-role");
        String role = state.setting("brokerRole");
        if (application.copies() < 2 || role.equals("SYNC_MASTER")) {
            return Optional.of(
                    rule.ok(broker.subject(), "brokerRole=" + role + ", copies needed: " + application.copies()));
        }
        return Optional.of(rule.fail(
                broker.subject(),
                "brokerRole=" + role + ": the master acknowledges before a replica has the message, and its disk is the"
                        + " only copy",
                "Set brokerRole=SYNC_MASTER in the configuration of the broker, or, if one copy is enough,"
                        + " reliable-mq.doctor.copies=1"));
    }

    private static Optional<Finding> inSyncReplicas(ApplicationFacts application, BrokerFacts broker, State state) {
        if (!broker.isMaster()) {
            return Optional.empty();
        }
        Rule rule = Rule.ofSetting("in-sync-replicas");
        boolean controlled = state.isOn(UNDER_A_CONTROLLER);
        String setting = controlled ? "minInSyncReplicas" : "inSyncReplicas";
        int copies = state.number(setting, 1);
        boolean all = !controlled || state.isOn("allAckInSyncStateSet");
        String seen = setting + "=" + copies + (controlled ? ", allAckInSyncStateSet=" + all : "");
        if (application.copies() < 2 || (copies >= application.copies() && all)) {
            return Optional.of(rule.ok(broker.subject(), seen + ", copies needed: " + application.copies()));
        }
        return Optional.of(rule.fail(
                broker.subject(),
                seen + ": an acknowledged message can be on fewer disks than the " + application.copies() + " that are"
                        + " needed; with 1 the master waits for nobody, SYNC_MASTER or not",
                "Set %s=%d%s and totalReplicas to the number of brokers in the configuration of the broker"
                        .formatted(setting, application.copies(), controlled ? ", allAckInSyncStateSet=true" : "")));
    }

    private static Optional<Finding> degradation(ApplicationFacts application, BrokerFacts broker, State state) {
        if (!broker.isMaster() || application.copies() < 2) {
            return Optional.empty();
        }
        Rule rule = Rule.ofSetting("replica-degradation");
        int least = state.number("minInSyncReplicas", 1);
        boolean degrades = state.isOn("enableAutoInSyncReplicas") && least < application.copies();
        String seen = "enableAutoInSyncReplicas=" + state.isOn("enableAutoInSyncReplicas");
        if (degrades) {
            return Optional.of(rule.fail(
                    broker.subject(),
                    seen + ", minInSyncReplicas=" + least + ": when a replica goes away, messages are acknowledged with"
                            + " fewer copies",
                    "Set enableAutoInSyncReplicas=false in the configuration of the broker"));
        }
        return Optional.of(rule.ok(broker.subject(), seen));
    }

    private static Optional<Finding> replicasPresent(ApplicationFacts application, BrokerFacts broker, State state) {
        if (!broker.isMaster() || application.copies() < 2) {
            return Optional.empty();
        }
        Rule rule = Rule.ofState("replicas");
        return Optional.of(state.replicas()
                .fold(
                        replicas -> replicas.size() + 1 >= application.copies()
                                ? rule.ok(broker.subject(), replicas.size() + " connected")
                                : rule.fail(
                                        broker.subject(),
                                        replicas.size() + " replicas are connected, and a message needs "
                                                + application.copies()
                                                + " copies: the broker acknowledges nothing, or with fewer copies",
                                        "Start the replicas, and see why they do not connect"),
                        unknown -> rule.unknown(broker.subject(), unknown)));
    }

    private static Optional<Finding> replicaLag(ApplicationFacts application, BrokerFacts broker, State state) {
        if (!broker.isMaster() || application.copies() < 2) {
            return Optional.empty();
        }
        Rule rule = Rule.ofState("replica-lag");
        return Optional.of(state.replicas()
                .fold(replicas -> lag(rule, broker, replicas), unknown -> rule.unknown(broker.subject(), unknown)));
    }

    private static Finding lag(Rule rule, BrokerFacts broker, List<Replica> replicas) {
        Optional<Replica> last = replicas.stream().max(Comparator.comparing(Replica::behind));
        if (last.isPresent() && last.get().behind() > LAGGING) {
            return rule.warn(
                    broker.subject(),
                    "the replica " + last.get().address() + " is " + last.get().behind()
                            + " bytes behind, by its diff: sends wait for it",
                    "Look at its disk and network. RocketMQ calls it in sync up to 256 MB");
        }
        return rule.ok(
                broker.subject(),
                last.map(replica -> "at most " + replica.behind() + " bytes behind")
                        .orElse("no replica is connected"));
    }

    private static Optional<Finding> timeouts(ApplicationFacts application, BrokerFacts broker, State state) {
        if (!broker.isMaster() || application.copies() < 2) {
            return Optional.empty();
        }
        Rule rule = Rule.ofSetting("timeouts");
        Duration replicating = Duration.ofMillis(state.number("slaveTimeout", 3_000));
        Duration request = application.requestTimeout();
        String seen = "slaveTimeout=" + replicating.toMillis() + ", the proxy waits " + PROXY_WAITS.toMillis()
                + " ms, request time-out " + request.toMillis() + " ms";
        if (replicating.compareTo(request) < 0 && replicating.compareTo(PROXY_WAITS) < 0) {
            return Optional.of(rule.ok(broker.subject(), seen));
        }
        return Optional.of(rule.warn(
                broker.subject(),
                seen
                        + ": when a replica is away nobody waits any more when the broker says so, and sends look"
                        + " as if the network had lost them",
                "Set slaveTimeout to less than these 2000, and less than reliable-mq.rocketmq.request-timeout"));
    }
}
