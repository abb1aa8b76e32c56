package io.reliablemq.doctor.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts.RelayFacts;
import io.reliablemq.doctor.facts.BrokerFacts.Replica;
import io.reliablemq.doctor.facts.DatabaseFacts.Vendor;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.facts.GroupFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule by itself: one fact is wrong, and one finding says so. */
class RulesTests {

    private final Right right = new Right();

    @Test
    void haveNothingToSayWhenAllIsRight() {
        Findings findings = judge();
        assertThat(findings.notOk()).isEmpty();
        assertThat(findings.all()).hasSizeGreaterThan(25).allSatisfy(finding -> assertThat(finding.remedy())
                .isEmpty());
        assertThat(findings.guarantees())
                .contains("a commit is on the disk of the database")
                .contains("an acknowledged message is on 2 disks (1 brokers)")
                .contains("168 hours");
    }

    @Test
    void areAllInTheGuideAndEachIsInATest() throws IOException {
        List<String> documented = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| [ST] \\|")
                .matcher(Files.readString(Path.of("../docs/doctor.md")))
                .results()
                .map(row -> row.group(1))
                .toList();
        Path tests = Path.of("src/test/java/io/reliablemq/doctor");
        String here = Files.readString(tests.resolve("rules/RulesTests.java"))
                + Files.readString(tests.resolve("broker/SilentClusterTests.java"));
        assertThat(documented)
                .hasSizeGreaterThan(30)
                .doesNotHaveDuplicates()
                .containsAll(judge().all().stream().map(Finding::rule).toList())
                .allSatisfy(rule -> assertThat(here).containsPattern("[\" ]" + rule + "[\",]"));
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
        "deleteWhen, '', cleaning-hours, WARN",
        "deleteWhen, 24, cleaning-hours, WARN",
        "brokerRole, ASYNC_MASTER, broker-role, FAIL",
        "inSyncReplicas, 1, in-sync-replicas, FAIL",
        "enableAutoInSyncReplicas, true, replica-degradation, FAIL",
        "slaveTimeout, 3000, timeouts, WARN"
    })
    void nameTheSettingOfTheBrokerThatIsWrong(String setting, String value, String rule, Status status) {
        right.broker.put(setting, value);
        Finding finding = only(rule, status);
        assertThat(finding.subject()).isEqualTo("broker a (master, 10.0.0.1:10911)");
        assertThat(finding.reason()).contains(setting + "=").contains(value);
        assertThat(finding.remedy()).contains("Set " + setting);
        assertThat(finding.refuses()).isEqualTo(status == Status.FAIL);
    }

    @Test
    void failForATransientStoreThatNobodyFlushes() {
        right.broker.put("transientStorePoolEnable", "true");
        assertThat(judge().notOk()).isEmpty();
        right.broker.put("flushDiskType", "ASYNC_FLUSH");
        assertThat(judge().with(Status.FAIL))
                .extracting(Finding::rule)
                .containsExactlyInAnyOrder("flush-disk", "transient-store");
    }

    @ParameterizedTest
    @CsvSource({"5.3.3, FAIL", "4.9.8, FAIL", "nonsense, UNKNOWN", "'', UNKNOWN"})
    void wantABrokerWhoseFlushesCount(String version, Status status) {
        right.version = version;
        assertThat(only("broker-version", status).reason()).contains(version);
    }

    @Test
    void askForNoNewerBrokerThanNeeded() {
        right.version = "5.4.0";
        right.broker.put("popConsumerKVServiceEnable", "true");
        assertThat(judge().notOk()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.75, WARN", "0.89, WARN", "0.90, FAIL", "-1, UNKNOWN"})
    void seeTheDiskFillUp(double used, Status status) {
        right.diskUsed = used;
        assertThat(only("disk", status).refuses()).isFalse();
    }

    @Test
    void knowThatABrokerRefusesFromNinetyPercentOnWhateverIsConfigured() {
        right.broker.put("diskSpaceWarningLevelRatio", "97");
        right.broker.put("diskMaxUsedSpaceRatio", "95");
        right.diskUsed = 0.87;
        assertThat(only("disk", Status.WARN).reason()).contains("watermark of 85 %", "from 90 %");
    }

    @Test
    void doNotTakeAMissingSettingForARightOne() {
        right.broker.remove("flushDiskType");
        assertThat(only("flush-disk", Status.UNKNOWN).reason()).contains("flushDiskType");
    }

    @Test
    void wantAllInSyncReplicasUnderAController() {
        right.broker.putAll(Map.of("enableControllerMode", "true", "brokerRole", "SLAVE", "inSyncReplicas", "1"));
        right.broker.putAll(Map.of("minInSyncReplicas", "2", "allAckInSyncStateSet", "true"));
        assertThat(judge().notOk()).isEmpty();
        right.broker.put("allAckInSyncStateSet", "false");
        assertThat(only("in-sync-replicas", Status.FAIL).remedy()).contains("allAckInSyncStateSet=true");
        right.broker.putAll(Map.of("minInSyncReplicas", "1", "allAckInSyncStateSet", "true"));
        assertThat(only("in-sync-replicas", Status.FAIL).remedy()).contains("minInSyncReplicas=2");
    }

    @Test
    void wantNoReplicaWhereOneCopyIsEnough() {
        right.copies = 1;
        right.broker.putAll(Map.of("brokerRole", "ASYNC_MASTER", "inSyncReplicas", "1", "slaveTimeout", "9000"));
        right.replicas = new Known<>(List.of());
        assertThat(judge().notOk()).isEmpty();
        assertThat(judge().guarantees()).contains("on one disk");
    }

    @Test
    void missAReplicaThatIsNotConnected() {
        right.replicas = new Known<>(List.of());
        assertThat(only("replicas", Status.FAIL).refuses()).isFalse();
    }

    @Test
    void judgeReplicasByHowFarTheyAreBehind() {
        right.replicas = new Known<>(List.of(new Replica("10.0.0.2:10911", 17 << 20)));
        Finding finding = only("replica-lag", Status.WARN);
        assertThat(finding.reason()).contains("10.0.0.2:10911", "17825792 bytes");
        assertThat(finding.refuses()).isFalse();
    }

    @Test
    void compareTheDedupWindowWithHowLongAMessageCanCome() {
        right.broker.put("fileReservedTime", "143");
        Finding finding = only("dedup-window", Status.WARN);
        assertThat(finding.reason()).contains("168h", "169h");
        assertThat(finding.remedy()).contains("reliable-mq.listener.dedup-window to 170h", "fileReservedTime");
        // twice a day leaves 12 hours less
        right.broker.put("deleteWhen", "04;16");
        assertThat(judge().notOk()).isEmpty();
    }

    @Test
    void missATopicThatAListenerReads() {
        right.topicType = new Known<>(Optional.empty());
        assertThat(only("topic", Status.FAIL).remedy()).contains("updateTopic", "-t orders");
        right.topicType = new Unknown<>("the broker says nothing", "Look");
        assertThat(only("topic", Status.UNKNOWN).reason()).contains("says nothing");
    }

    @Test
    void onlyWarnOfATopicThatWasSentToBefore() {
        right.topicType = new Known<>(Optional.empty());
        right.listener = new ListenerFacts(
                "stock", "other", "stock", true, Duration.ofDays(7), Duration.ofHours(2), 16, 100, false);
        assertThat(only("topic", Status.WARN).remedy()).contains("reliable_mq_outbox_topic");
        right.topics = Set.of("orders");
        only("topic", Status.FAIL);
    }

    @Test
    void wantATopicInOrderForAListenerInOrder() {
        right.topicType = new Known<>(Optional.of("NORMAL"));
        assertThat(only("topic-type", Status.FAIL).remedy()).contains("+message.type=FIFO");
    }

    @Test
    void missAGroup() {
        right.group = new Known<>(Optional.empty());
        assertThat(only("group", Status.FAIL).remedy()).contains("updateSubGroup", "-g stock", "-r 10000", "-o true");
        right.groupsPrepared = true;
        assertThat(judge().notOk()).isEmpty();
    }

    @Test
    void wantTheBrokerToRetryLongerThanTheListener() {
        right.group = group(true, 16, 0);
        assertThat(only("group-retries", Status.WARN).reason()).contains("retryMaxTimes=16", "116");
        right.group = group(true, 115, 0); // 116 deliveries
        assertThat(judge().notOk()).isEmpty();
        right.group = group(true, 14, 0);
        assertThat(only("group-retries", Status.FAIL).remedy()).contains("-r 10000", "drain-broker");
        right.listener = new ListenerFacts(
                "stock", "orders", "stock", true, Duration.ofDays(7), Duration.ofHours(2), 16, 100, true);
        only("group-retries", Status.WARN);
    }

    @Test
    void wantTheOrderOfTheGroupToBeThatOfItsListener() {
        right.group = group(false, 10_000, 0);
        assertThat(only("group-order", Status.FAIL).remedy()).contains("-o true");
        right.group = group(true, 10_000, 0);
        right.listener = new ListenerFacts(
                "stock", "orders", "stock", false, Duration.ofDays(7), Duration.ofHours(2), 16, 100, false);
        assertThat(only("group-order", Status.WARN).remedy()).contains("-o false");
    }

    @Test
    void warnOfAGroupThatMaySkipWhatWasSentBefore() {
        right.group = group(true, 10_000, 3);
        assertThat(only("group-start", Status.WARN).reason()).contains("3 of 8 queues");
        right.groupsPrepared = true;
        assertThat(judge().notOk()).isEmpty();
    }

    private static Known<Optional<GroupFacts.State>> group(boolean orderly, int retries, int withoutPosition) {
        return new Known<>(Optional.of(new GroupFacts.State(orderly, retries, 8, withoutPosition)));
    }

    @Test
    void compareTheRelaysTimes() {
        right.requestTimeout = Duration.ofSeconds(15);
        assertThat(judge().with(Status.WARN))
                .extracting(Finding::rule)
                .containsExactlyInAnyOrder("relay-lease", "relay-shutdown");
        right.requestTimeout = Duration.ofSeconds(3);
        right.relay = new RelayFacts(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofDays(8));
        assertThat(only("archive-retention", Status.WARN).remedy()).contains("reliable-mq.outbox.retention");
    }

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, fsync, off, on",
        "POSTGRESQL, full_page_writes, off, on",
        "POSTGRESQL, synchronous_commit, off, on",
        "MYSQL, innodb_flush_log_at_trx_commit, 2, 1",
        "MYSQL, sync_binlog, 0, 1",
        "MARIADB, innodb_flush_log_at_trx_commit, 0, 1",
        "H2, WRITE_DELAY, 500, 0"
    })
    void nameTheSettingOfTheDatabaseThatIsWrong(Vendor vendor, String setting, String wrong, String good) {
        right.vendor = vendor;
        right.database.putAll(
                Map.of("innodb_flush_log_at_trx_commit", "1", "sync_binlog", "1", "log_bin", "ON", "WRITE_DELAY", "0"));
        right.database.put("PATH", "/data/orders");
        assertThat(judge().notOk()).isEmpty();
        right.database.put(setting, wrong);
        Finding finding = only("database-durability", Status.FAIL);
        assertThat(finding.reason()).contains(setting + "=" + wrong);
        assertThat(finding.remedy()).contains(setting + "=" + good);
        assertThat(judge().guarantees()).contains("a commit can be LOST by the database");
    }

    @Test
    void doNotMindABinlogThatIsOff() {
        right.vendor = Vendor.MYSQL;
        right.database.putAll(Map.of("innodb_flush_log_at_trx_commit", "1", "sync_binlog", "0", "log_bin", "OFF"));
        assertThat(judge().notOk()).isEmpty();
    }

    @Test
    void takeMariaDbsThreeForOneMoreFlush() {
        right.vendor = Vendor.MARIADB;
        right.database.putAll(Map.of("innodb_flush_log_at_trx_commit", "3", "log_bin", "OFF"));
        assertThat(judge().notOk()).isEmpty();
        right.vendor = Vendor.MYSQL;
        only("database-durability", Status.FAIL);
    }

    @Test
    void sayOfEachSettingWhatItIs() {
        assertThat(judge().all())
                .filteredOn(finding -> finding.rule().equals("database-durability"))
                .extracting(Finding::subject)
                .doesNotHaveDuplicates()
                .hasSize(3);
    }

    @Test
    void wantAnAnswerBeforeTheProxyStopsWaiting() {
        right.requestTimeout = Duration.ofSeconds(5);
        right.broker.put("slaveTimeout", "2500");
        assertThat(only("timeouts", Status.WARN).remedy()).contains("2000");
    }

    @Test
    void warnOfADatabaseInMemory() {
        right.vendor = Vendor.H2;
        only("database-durability", Status.WARN);
    }

    @Test
    void doNotTakeASilentDatabaseForADurableOne() {
        right.database.remove("fsync");
        only("database-durability", Status.UNKNOWN);
        right.vendor = Vendor.OTHER;
        only("database-durability", Status.UNKNOWN);
    }

    @Test
    void missTablesAndIndexes() {
        right.missing = Set.of("index b", "table a");
        Finding finding = only("database-tables", Status.FAIL);
        assertThat(finding.reason()).isEqualTo("missing: index b, table a");
        assertThat(finding.remedy()).contains("reliable-mq.schema.mode=flyway");
    }

    @ParameterizedTest
    @CsvSource({"PT30M0.002S, WARN", "-PT30M0.002S, WARN", "PT1H0.002S, FAIL", "-PT1H0.002S, FAIL"})
    void compareTheClocks(Duration difference, Status status) {
        right.clock = difference;
        assertThat(only("database-clock", status).refuses()).isFalse();
    }

    @Test
    void doNotBlameAClockForAnAnswerThatTookLong() {
        right.clock = Duration.ofMinutes(31);
        right.clockUncertainty = Duration.ofMinutes(1);
        assertThat(judge().notOk()).isEmpty();
    }

    @Test
    void callUnknownWhatCouldNotBeAsked() {
        Facts facts = right.facts();
        Findings findings = Rules.judge(new Facts(
                facts.application(), new Unknown<>("away", "Start it"), new Unknown<>("away, too", "Start that")));
        assertThat(findings.notOk())
                .extracting(Finding::rule, Finding::status, Finding::refuses)
                .containsExactlyInAnyOrder(
                        tuple("database", Status.UNKNOWN, false), tuple("cluster", Status.UNKNOWN, false));
        assertThat(findings.guarantees()).contains("not known whether commits", "not known what an acknowledgement");
    }

    private Finding only(String rule, Status status) {
        assertThat(judge().notOk()).extracting(Finding::rule, Finding::status).containsExactly(tuple(rule, status));
        return judge().notOk().get(0);
    }

    private Findings judge() {
        return Rules.judge(right.facts());
    }
}
