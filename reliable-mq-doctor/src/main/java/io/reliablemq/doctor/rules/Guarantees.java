package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.facts.ListenerFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What holds right now, in one sentence. */
final class Guarantees {

    private static final Set<String> OF_A_COPY = Set.of(
            "flush-disk",
            "transient-store",
            "broker-version",
            "broker-role",
            "in-sync-replicas",
            "replica-degradation",
            "broker");

    private Guarantees() {}

    static String of(Facts facts, List<Finding> findings) {
        List<String> parts = new ArrayList<>();
        Answer<DatabaseFacts> database = facts.database();
        if (database != null) {
            parts.add(database.fold(
                    known -> commits(known, findings), unknown -> "it is not known whether commits are on disk"));
        }
        parts.add(facts.cluster()
                .fold(
                        cluster -> acknowledgements(facts, cluster, findings),
                        unknown -> "it is not known what an acknowledgement of the broker is worth"));
        facts.application().listeners().stream()
                .map(ListenerFacts::dedupWindow)
                .min(Duration::compareTo)
                .ifPresent(window -> parts.add("duplicates are dropped for " + window.toHours() + " hours"));
        return String.join("; ", parts);
    }

    private static String commits(DatabaseFacts database, List<Finding> findings) {
        return switch (worst(findings, Set.of("database-durability"))) {
            case OK -> "a commit is on the disk of " + database.version();
            case UNKNOWN -> "it is not known whether commits are on the disk of " + database.version();
            case WARN, FAIL -> "a commit can be LOST by " + database.version();
        };
    }

    private static String acknowledgements(Facts facts, ClusterFacts cluster, List<Finding> findings) {
        int copies = facts.application().copies();
        return switch (worst(findings, OF_A_COPY)) {
            case OK, WARN ->
                "an acknowledged message is on " + (copies == 1 ? "one disk" : copies + " disks") + " ("
                        + cluster.brokers().size() + " brokers)";
            case UNKNOWN -> "it is not known of every broker what its acknowledgement is worth";
            case FAIL -> "an acknowledged message can be LOST by the broker";
        };
    }

    private static Status worst(List<Finding> findings, Set<String> rules) {
        return findings.stream()
                .filter(finding -> rules.contains(finding.rule()))
                .map(Finding::status)
                .max(Status::compareTo)
                .orElse(Status.OK);
    }
}
