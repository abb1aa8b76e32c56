package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ApplicationFacts.RelayFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.Replica;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.DatabaseFacts.Vendor;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.facts.GroupFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import io.reliablemq.doctor.facts.TopicFacts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Facts about which there is nothing to say; a test changes one of them. */
final class Right {

    static final String DROP = "";

    int copies = 2;
    Duration requestTimeout = Duration.ofSeconds(3);
    boolean groupsPrepared;
    RelayFacts relay = new RelayFacts(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofDays(7));
    ListenerFacts listener = new ListenerFacts(
            "stock", "orders", "stock", true, Duration.ofDays(7), Duration.ofHours(2), 16, 100, false);

    final Map<String, String> broker = new HashMap<>(Map.ofEntries(
            Map.entry("flushDiskType", "SYNC_FLUSH"),
            Map.entry("transientStorePoolEnable", "false"),
            Map.entry("cleanFileForciblyEnable", "false"),
            Map.entry("warmMapedFileEnable", "true"),
            Map.entry("timerEnableRetryUntilSuccess", "true"),
            Map.entry("autoCreateTopicEnable", "false"),
            Map.entry("autoCreateSubscriptionGroup", "false"),
            Map.entry("popConsumerKVServiceEnable", "false"),
            Map.entry("fileReservedTime", "72"),
            Map.entry("deleteWhen", "04"),
            Map.entry("diskMaxUsedSpaceRatio", "75"),
            Map.entry("diskSpaceWarningLevelRatio", "90"),
            Map.entry("brokerRole", "SYNC_MASTER"),
            Map.entry("enableControllerMode", "false"),
            Map.entry("allAckInSyncStateSet", "false"),
            Map.entry("inSyncReplicas", "2"),
            Map.entry("minInSyncReplicas", "1"),
            Map.entry("enableAutoInSyncReplicas", "false"),
            Map.entry("slaveTimeout", "1500")));
    String version = "5.5.0";
    double diskUsed = 0.5;
    Answer<List<Replica>> replicas = new Known<>(List.of(new Replica("10.0.0.2:10911", 4096)));

    Answer<Optional<String>> topicType = new Known<>(Optional.of("FIFO"));
    Answer<Optional<GroupFacts.State>> group = new Known<>(Optional.of(new GroupFacts.State(true, 10_000, 8, 0)));

    Set<String> topics = Set.of();

    Vendor vendor = Vendor.POSTGRESQL;
    final Map<String, String> database =
            new HashMap<>(Map.of("fsync", "on", "full_page_writes", "on", "synchronous_commit", "on"));
    Set<String> missing = Set.of();
    Duration clock = Duration.ofMillis(3);
    Duration clockUncertainty = Duration.ofMillis(1);

    Facts facts() {
        return new Facts(
                new ApplicationFacts(
                        copies, requestTimeout, Duration.ofHours(1), groupsPrepared, relay, topics, List.of(listener)),
                new Known<>(new DatabaseFacts(vendor, "the database", database, missing, clock, clockUncertainty)),
                new Known<>(new ClusterFacts(
                        List.of(new BrokerFacts(
                                "a",
                                0,
                                "10.0.0.1:10911",
                                new Known<>(new BrokerFacts.State(broker, version, diskUsed, replicas)))),
                        List.of(new TopicFacts("orders", "a", topicType)),
                        List.of(new GroupFacts(listener, "a", group)))));
    }
}
