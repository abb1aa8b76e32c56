package io.reliablemq.doctor.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.broker.embedded.BrokerPart;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ClusterFigures.Backlog;
import io.reliablemq.doctor.facts.ClusterFigures.BrokerFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.rules.Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real cluster is made wrong in each of the ways in which it can be. */
class ClusterInspectionTests {

    private static final int QUEUES = 2;

    @TempDir(cleanup = CleanupMode.NEVER)
    static Path folder;

    private static EmbeddedBroker broker;

    private final BrokerCluster cluster = new BrokerCluster(broker);

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(folder)
                .withReplicas(2)
                .withTopics(
                        new TopicDeclaration("orders", TopicType.NORMAL, QUEUES),
                        new TopicDeclaration("sorted", TopicType.FIFO, QUEUES),
                        new TopicDeclaration("counted", TopicType.NORMAL, QUEUES),
                        new TopicDeclaration("indexed", TopicType.NORMAL, QUEUES))
                .withGroups(
                        GroupDeclaration.concurrent("stock"),
                        GroupDeclaration.fifo("in-turn"),
                        new GroupDeclaration("impatient", false, 3)));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void findsNothingWrongWithARightCluster() throws IOException {
        listen("orders", "stock", false);
        listen("sorted", "in-turn", true);
        Findings findings = cluster.examine("orders");
        assertThat(findings.notOk()).isEmpty();
        assertThat(findings.all())
                .extracting(Finding::rule)
                .contains(
                        "flush-disk",
                        "in-sync-replicas",
                        "replica-lag",
                        "disk",
                        "topic-type",
                        "group-start",
                        "dedup-window");
        assertThat(findings.guarantees()).contains("on 2 disks (2 brokers)");
    }

    private void listen(String topic, String group, boolean ordered) throws IOException {
        cluster.listeners.add(BrokerCluster.listener(topic, group, ordered));
        for (int queue = 0; queue < QUEUES; queue++) {
            cluster.position(group, topic, queue);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "flushDiskType, ASYNC_FLUSH, flush-disk, FAIL",
        "cleanFileForciblyEnable, true, forcible-clean, FAIL",
        "warmMapedFileEnable, false, warm-files, WARN",
        "timerEnableRetryUntilSuccess, false, timer-retry, WARN",
        "autoCreateTopicEnable, true, auto-create-topic, WARN",
        "autoCreateSubscriptionGroup, true, auto-create-group, WARN",
        "popConsumerKVServiceEnable, true, pop-checkpoints, FAIL",
        "fileReservedTime, 48, retention, WARN",
        "deleteWhen, never, cleaning-hours, WARN",
        "brokerRole, ASYNC_MASTER, broker-role, FAIL",
        "inSyncReplicas, 1, in-sync-replicas, FAIL",
        "slaveTimeout, 3000, timeouts, WARN"
    })
    void namesTheSettingThatSomebodyHasMadeWrong(String setting, String value, String rule, Status status)
            throws IOException {
        String right = cluster.set(setting, value);
        try {
            assertThat(cluster.examine().notOk())
                    .extracting(Finding::rule, Finding::status)
                    .containsExactly(tuple(rule, status));
            assertThat(cluster.examine().notOk().get(0).remedy()).contains("Set " + setting);
        } finally {
            cluster.set(setting, right);
        }
        assertThat(cluster.examine().notOk()).isEmpty();
    }

    @Test
    void measuresDisksDelaysAndHowFarGroupsAreBehind() throws IOException {
        for (int i = 0; i < 5; i++) {
            cluster.send("counted", 0);
            cluster.send("counted", 1);
        }
        Reader behind = new Reader("counted", "stock");
        Reader elsewhere = new Reader("nowhere", "stock");
        cluster.position("stock", "counted", 0, 2);
        assertThat(cluster.measure(behind, elsewhere).backlogs()) // of the second queue the group has no position
                .containsExactlyInAnyOrder(new Backlog(behind, 3 + 5), new Backlog(elsewhere, 0));
        cluster.position("stock", "counted", 1, 5);
        assertThat(cluster.measure(behind).backlogs()).containsExactly(new Backlog(behind, 3));

        // a replica tells the master how far it is a moment after it has what the master acknowledges
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        cluster.measure().brokers())
                .extracting(BrokerFigures::replicaBehind)
                .containsExactlyInAnyOrder(0L, -1L)); // a replica has none
        assertThat(cluster.measure().brokers()).allSatisfy(figures -> {
            assertThat(figures.diskUsed()).isBetween(0.001, 1.0);
            assertThat(figures.unflushed()).isNotNegative();
            assertThat(figures.sendWaitMs()).isNotNegative();
        });
    }

    @Test
    void seesAStoreThatIsFlushedByNobody() throws IOException {
        cluster.set("flushDiskType", "ASYNC_FLUSH");
        cluster.set("transientStorePoolEnable", "true");
        try {
            assertThat(cluster.examine().with(Status.FAIL))
                    .extracting(Finding::rule)
                    .contains("transient-store");
        } finally {
            cluster.set("transientStorePoolEnable", "false");
            cluster.set("flushDiskType", "SYNC_FLUSH");
        }
    }

    @Test
    void seesThatCopiesAreGivenUpWhenAReplicaGoes() throws IOException {
        cluster.set("enableAutoInSyncReplicas", "true");
        cluster.set("minInSyncReplicas", "1");
        try {
            assertThat(cluster.examine().notOk()).extracting(Finding::rule).containsExactly("replica-degradation");
        } finally {
            cluster.set("enableAutoInSyncReplicas", "false");
            cluster.set("minInSyncReplicas", "2");
        }
    }

    @Test
    void seesADiskAboveItsWatermark() throws IOException {
        String right = cluster.set("diskMaxUsedSpaceRatio", "0");
        try {
            assertThat(cluster.examine().notOk())
                    .extracting(Finding::rule, Finding::status)
                    .containsExactly(tuple("disk", Status.WARN));
        } finally {
            cluster.set("diskMaxUsedSpaceRatio", right);
        }
    }

    @Test
    void seesADedupWindowThatIsTooShortForTheBrokersRetention() throws IOException {
        listen("orders", "stock", false);
        String right = cluster.set("fileReservedTime", "168");
        try {
            assertThat(cluster.examine().notOk())
                    .extracting(Finding::rule, Finding::subject)
                    .containsExactly(tuple("dedup-window", "listener stock at broker embedded"));
        } finally {
            cluster.set("fileReservedTime", right);
        }
    }

    @Test
    void seesTopicsThatAreMissingOrOfAnotherType() throws IOException {
        listen("orders", "in-turn", true);
        cluster.listeners.add(BrokerCluster.listener("nowhere", "stock", false));
        assertThat(cluster.examine("nobody").notOk())
                .extracting(Finding::rule, Finding::subject, Finding::status)
                .containsExactlyInAnyOrder(
                        tuple("topic", "topic nowhere", Status.FAIL),
                        tuple("topic", "topic nobody", Status.FAIL),
                        tuple("topic-type", "topic orders", Status.FAIL));
    }

    @Test
    void seesGroupsThatAreMissingImpatientOrOutOfOrder() throws IOException {
        listen("orders", "impatient", false);
        listen("sorted", "stock", true);
        cluster.listeners.add(BrokerCluster.listener("orders", "nobody", false));
        assertThat(cluster.examine().notOk())
                .extracting(Finding::rule, Finding::subject, Finding::status)
                .containsExactlyInAnyOrder(
                        tuple("group-retries", "group impatient at broker embedded", Status.FAIL),
                        tuple("group-order", "group stock at broker embedded", Status.FAIL),
                        tuple("group", "group nobody at broker embedded", Status.FAIL));
    }

    /** Where groups create themselves the question for one creates it. */
    @Test
    void createsNoGroupByAskingForIt() throws IOException {
        listen("orders", "stock", false);
        cluster.listeners.add(BrokerCluster.listener("orders", "nobody", false));
        String right = cluster.set("autoCreateSubscriptionGroup", "true");
        try {
            assertThat(cluster.examine().notOk())
                    .extracting(Finding::rule)
                    .containsExactlyInAnyOrder("auto-create-group", "group");
        } finally {
            cluster.set("autoCreateSubscriptionGroup", right);
        }
        assertThat(cluster.examine().notOk())
                .extracting(Finding::rule, Finding::subject)
                .containsExactly(tuple("group", "group nobody at broker embedded"));
    }

    @Test
    void seesAGroupThatHasNotBegunToRead() throws IOException {
        broker.createGroup(GroupDeclaration.concurrent("late"));
        cluster.listeners.add(BrokerCluster.listener("orders", "late", false));
        assertThat(cluster.examine().notOk())
                .extracting(Finding::rule, Finding::status)
                .containsExactly(tuple("group-start", Status.WARN));
        cluster.position("late", "orders", 0);
        assertThat(cluster.examine().notOk().get(0).reason()).contains("1 of 2 queues");
        cluster.position("late", "orders", 1);
        assertThat(cluster.examine().notOk()).isEmpty();
    }

    @Test
    void seesThatTheReplicaIsAwayAndThatItIsBack() {
        broker.faults().stop(BrokerPart.REPLICA);
        try {
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            cluster.examine().with(Status.FAIL))
                    .extracting(Finding::rule, Finding::refuses)
                    .containsExactly(tuple("replicas", false)));
        } finally {
            broker.faults().restart(BrokerPart.REPLICA);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(cluster.examine().notOk()).isEmpty());
    }

    @Test
    void looksUpNoNamesInANamespace() {
        cluster.listeners.add(BrokerCluster.listener("orders", "stock", false));
        var application = new ApplicationFacts(
                2, Duration.ofSeconds(3), Duration.ofHours(1), false, null, Set.of(), cluster.listeners);
        var answer = new ClusterInspection(ClusterAddress.of(broker.nameServer()), BrokerCluster.PATIENCE, true)
                .inspect(application);
        assertThat(Rules.judge(new Facts(application, null, answer)).notOk())
                .extracting(Finding::rule, Finding::status)
                .containsExactlyInAnyOrder(tuple("topic", Status.UNKNOWN), tuple("group", Status.UNKNOWN));
    }

    @Test
    void judgesOneOfTheClustersBehindANameServer() throws IOException {
        cluster.name = cluster.setting("brokerClusterName");
        assertThat(cluster.examine().notOk()).isEmpty();
        assertThat(cluster.examine().all()).hasSizeGreaterThan(10);
        String right = cluster.name;
        cluster.name = "somebody-elses";
        assertThat(cluster.examine().notOk()).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.UNKNOWN);
            assertThat(finding.reason()).contains("no cluster 'somebody-elses'", right);
            assertThat(finding.remedy()).contains("reliable-mq.doctor.cluster");
        });
    }

    @Test
    void findsAMessageByItsKeyWhereTheBrokerHasAnIndex() throws IOException {
        assertThat(cluster.find("indexed", "never-was")).isEmpty();
        String right = cluster.set("messageIndexEnable", "true");
        try {
            cluster.send("indexed", 0, "here-1");
            Awaitility.await() // the index is built a moment after the message is stored
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(cluster.find("indexed", "here-1", "never-was"))
                            .isEqualTo(Map.of("here-1", true, "never-was", false)));
            assertThat(cluster.find("orders", "here-1")).isEqualTo(Map.of("here-1", false));
        } finally {
            cluster.set("messageIndexEnable", right);
        }
        cluster.name = "somebody-elses";
        assertThat(cluster.find("indexed", "here-1")).isEmpty();
    }

    @Test
    void keepsNothingOfTheConfigurationThatNoRuleReads() throws IOException {
        try (RemotingConnection connection =
                new RemotingConnection(cluster.master().address(), BrokerCluster.PATIENCE)) {
            assertThat(connection.call(Question.BROKER_CONFIG, Map.of()).properties())
                    .hasSizeGreaterThan(200);
            assertThat(new BrokerInspection(connection).state().settings()).hasSize(19);
        }
    }
}
