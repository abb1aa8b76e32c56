package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.jdbc.OutboxDialect;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.reconciliation.ExpectedGroup;
import io.reliablemq.reconciliation.LedgerReconciliation;
import io.reliablemq.reconciliation.LedgerReconciliation.Bounds;
import io.reliablemq.reconciliation.LedgerReconciliation.Sources;
import io.reliablemq.reconciliation.ReconciliationReport;
import io.reliablemq.reconciliation.ReconciliationReport.Group;
import io.reliablemq.reconciliation.ReconciliationReport.Kind;
import io.reliablemq.reconciliation.ReconciliationReport.Verdict;
import io.reliablemq.reconciliation.ReconciliationReport.Whereabouts;
import io.reliablemq.testdatabases.Database;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Sent and arrived compared, on every database: outbox and inbox in real tables, what is between them left out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReconciliationContract {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final int ROWS_OF_A_STATEMENT = 500;

    private DataSource dataSource;
    private JdbcTemplate jdbc;
    private JdbcOutbox outbox;
    private long now;
    private int pages;

    /** How many messages the large comparison has. */
    int many() {
        return 5_000;
    }

    @BeforeAll
    void migrate(Database database) {
        dataSource = database.dataSource(4);
        jdbc = new JdbcTemplate(dataSource);
        for (OwnTables part : OwnTables.values()) {
            new SchemaMigration(
                            dataSource,
                            SchemaProperties.Mode.FLYWAY,
                            part.name().toLowerCase(Locale.ROOT),
                            part.names())
                    .afterPropertiesSet();
        }
        outbox = JdbcOutbox.on(dataSource);
    }

    @BeforeEach
    void empty() {
        for (OwnTables part : OwnTables.values()) {
            part.names().forEach(table -> jdbc.update("DELETE FROM " + table));
        }
        outbox.lanes().layout(8);
        now = outbox.ledger().now();
    }

    private LedgerReconciliation comparing(Duration retention, ExpectedGroup... groups) {
        pages = 0;
        return new LedgerReconciliation(
                new Sources(
                        outbox.ledger(),
                        outbox.view(),
                        outbox.operators(),
                        JdbcInbox.on(dataSource).ledger(),
                        () -> pages++),
                () -> List.of(groups),
                new Bounds(retention, Duration.ofHours(6), Duration.ofMinutes(10), Duration.ofMinutes(5), 100));
    }

    private ReconciliationReport compared(ExpectedGroup... groups) {
        return comparing(Duration.ofDays(7), groups)
                .reconcile(Instant.ofEpochMilli(now).minus(HOUR.multipliedBy(2)), Instant.ofEpochMilli(now + 1));
    }

    private static ExpectedGroup stock(String... tags) {
        return new ExpectedGroup("stock", "orders", Set.of(tags), Duration.ofDays(7), null);
    }

    private Object id(UUID id) {
        boolean binary = outbox.dialect() == OutboxDialect.MYSQL || outbox.dialect() == OutboxDialect.MARIADB;
        return binary
                ? ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array()
                : id;
    }

    private UUID sent(String topic, @Nullable String tag, String outcome, long archivedAt) {
        UUID id = UUID.randomUUID();
        sent(List.of(id), topic, tag, outcome, archivedAt);
        return id;
    }

    private UUID sent(long archivedAt) {
        return sent("orders", null, "SENT", archivedAt);
    }

    private void sent(List<UUID> ids, String topic, @Nullable String tag, String outcome, long archivedAt) {
        List<@Nullable Object> arguments = new ArrayList<>();
        for (UUID id : ids) {
            Collections.addAll(
                    arguments, outcome, archivedAt, 0, 1, id(id), topic, tag, "text/plain", "", new byte[] {1}, 1, 0);
        }
        jdbc.update(
                "INSERT INTO reliable_mq_outbox_archive (outcome, archived_at_ms, lane, id, message_id, topic, tag,"
                        + " content_type, headers, payload, created_at_ms, deliver_at_ms) VALUES "
                        + String.join(",", Collections.nCopies(ids.size(), "(?,?,?,?,?,?,?,?,?,?,?,?)")),
                arguments.toArray());
    }

    private void arrived(List<UUID> ids, String group, String state, long at) {
        List<Object> arguments = new ArrayList<>();
        for (UUID id : ids) {
            byte[] key = id.toString().getBytes(UTF_8);
            Collections.addAll(arguments, group.getBytes(UTF_8), key, key, new byte[32], state, at);
        }
        jdbc.update(
                "INSERT INTO reliable_mq_inbox (consumer_group, message_key, message_id, digest, state, processed_at)"
                        + " VALUES " + String.join(",", Collections.nCopies(ids.size(), "(?,?,?,?,?,?)")),
                arguments.toArray());
    }

    private void arrived(UUID id, String state, long at) {
        arrived(List.of(id), "stock", state, at);
    }

    @Test
    void namesThreeRecordsThatWereDeletedBehindItsBackAndNothingElse() {
        List<UUID> all = new ArrayList<>();
        while (all.size() < many()) {
            List<UUID> some = new ArrayList<>();
            for (int i = 0; i < ROWS_OF_A_STATEMENT; i++) {
                some.add(UUID.randomUUID());
            }
            long at = now - HOUR.toMillis() + all.size() / 100;
            sent(some, "orders", null, "SENT", at);
            arrived(some, "stock", "DONE", at + 3);
            all.addAll(some);
        }
        List<UUID> lost = List.of(all.get(0), all.get(many() / 2 + 17), all.get(many() - 1));
        lost.forEach(id -> assertThat(jdbc.update("DELETE FROM reliable_mq_inbox WHERE message_key = ?", (Object)
                        id.toString().getBytes(UTF_8)))
                .isEqualTo(1));

        ReconciliationReport report = compared(stock());

        Group group = report.groups().get(0);
        assertThat(group.ids(Kind.MISSING)).containsExactlyInAnyOrderElementsOf(lost);
        assertThat(group.named()).hasSize(3);
        assertThat(group.missing()).isEqualTo(3);
        assertThat(group.compared()).isEqualTo(many());
        assertThat(group.applied()).isEqualTo(many() - 3);
        assertThat(group.late() + group.dead() + group.inFlight()).isZero();
        assertThat(report.verdict()).isEqualTo(Verdict.GAPS);
        assertThat(report.unknown()).isEmpty();
        assertThat(pages).isEqualTo(many() / 500 + 1); // never a table in memory
    }

    @Test
    void isCompleteWhenAllHasArrived() {
        UUID id = sent(now - HOUR.toMillis());
        arrived(id, "DONE", now - HOUR.toMillis() - 5); // the answer was recorded after the effect

        ReconciliationReport report = compared(stock());

        assertThat(report.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(report.groups().get(0).applied()).isEqualTo(1);
        assertThat(report.groups().get(0).named()).isEmpty();
    }

    @Test
    void doesNotCallMissingWhatIsStillOnItsWay() {
        sent(now - Duration.ofMinutes(9).toMillis()); // within the grace
        UUID retried = sent(now - HOUR.toMillis());
        jdbc.update(
                "INSERT INTO reliable_mq_inbox_failure (consumer_group, message_key, failures, last_failed_at) VALUES (?, ?, 1, ?)",
                "stock".getBytes(UTF_8),
                retried.toString().getBytes(UTF_8),
                now);
        UUID later = sent(now - HOUR.toMillis()); // to be delivered in the future
        jdbc.update(
                "UPDATE reliable_mq_outbox_archive SET deliver_at_ms = ? WHERE message_id = ?",
                now + HOUR.toMillis(),
                id(later));
        written("orders"); // still in the outbox
        written("invoices");

        ReconciliationReport report = compared(stock());

        assertThat(report.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(report.groups().get(0).inFlight()).isEqualTo(3);
        assertThat(report.groups().get(0).waiting()).isEqualTo(1);
    }

    @Test
    void callsMissingWhatIsAsOldAsTheGrace() {
        UUID id = sent(now - Duration.ofMinutes(10).toMillis());
        assertThat(compared(stock()).groups().get(0).ids(Kind.MISSING)).containsExactly(id);
    }

    @Test
    void namesWhatWasLate() {
        long at = now - HOUR.toMillis();
        UUID late = sent(at);
        arrived(late, "DONE", at + Duration.ofMinutes(5).toMillis() + 1);
        arrived(sent(at), "DONE", at + Duration.ofMinutes(5).toMillis());

        ReconciliationReport report = compared(stock());

        Group group = report.groups().get(0);
        assertThat(group.ids(Kind.LATE)).containsExactly(late);
        assertThat(group.named().get(0).detail()).isEqualTo("applied 300001 ms after it was due");
        assertThat(group.applied()).isEqualTo(2);
        assertThat(report.verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void namesWhatIsDeadAndWhy() {
        long at = now - HOUR.toMillis();
        UUID letter = sent(at);
        arrived(letter, "DEAD", at);
        UUID discarded = sent(at);
        arrived(discarded, "DISCARDED", at);
        UUID skipped = sent("orders", null, "SKIPPED", at);
        UUID parked = parked("orders");
        parked("invoices");

        ReconciliationReport report = compared(stock());

        Group group = report.groups().get(0);
        assertThat(group.ids(Kind.DEAD)).containsExactlyInAnyOrder(letter, discarded, skipped, parked);
        assertThat(group.named())
                .filteredOn(one -> one.messageId().equals(parked))
                .allSatisfy(one -> assertThat(one.detail()).startsWith("parked"));
        assertThat(group.dead()).isEqualTo(4);
        assertThat(report.verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void comparesEachGroupWithWhatItShouldSee() {
        long at = now - HOUR.toMillis();
        UUID paid = sent("orders", "paid", "SENT", at);
        UUID created = sent("orders", "created", "SENT", at);
        UUID untagged = sent("orders", null, "SENT", at);
        sent("clicks", "paid", "SENT", at);
        sent("orders", "paid", "REPLACED", at); // what an edited message was before
        arrived(List.of(paid), "billing", "DONE", at);
        arrived(List.of(created), "stock", "DONE", at);

        ExpectedGroup billing =
                new ExpectedGroup("billing", "orders", ExpectedGroup.tags("paid"), HOUR.multipliedBy(9), null);
        ReconciliationReport report = compared(billing, stock(), stock("paid", "created"));

        assertThat(report.groups().get(0).compared()).isEqualTo(1);
        assertThat(report.groups().get(0).missing()).isZero();
        assertThat(report.groups().get(1).ids(Kind.MISSING)).containsExactlyInAnyOrder(paid, untagged);
        assertThat(report.groups().get(2).ids(Kind.MISSING)).containsExactly(paid);
    }

    @Test
    void comparesTheWindowOnly() {
        long at = now - HOUR.toMillis();
        sent(at - 1);
        UUID first = sent(at);
        UUID last = sent(at + 999);
        sent(at + 1000);

        ReconciliationReport report = comparing(Duration.ofDays(7), stock())
                .reconcile(Instant.ofEpochMilli(at), Instant.ofEpochMilli(at + 1000));

        assertThat(report.groups().get(0).ids(Kind.MISSING)).containsExactlyInAnyOrder(first, last);
        assertThatThrownBy(() -> comparing(HOUR, stock()).reconcile(Instant.ofEpochMilli(at), Instant.ofEpochMilli(at)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("let it end after its beginning");
    }

    @Test
    void takesTheConfiguredWindowBeforeTheGrace() {
        LedgerReconciliation comparing = comparing(Duration.ofDays(7), stock());
        ReconciliationReport report = comparing.reconcile();

        assertThat(Duration.between(report.from(), report.to())).isEqualTo(Duration.ofHours(6));
        assertThat(Duration.between(report.to(), report.at()))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
        assertThat(comparing.latest()).contains(report);
    }

    @Test
    void isUnknownWithoutARetention() {
        sent(now - HOUR.toMillis());
        ReconciliationReport report =
                comparing(Duration.ZERO, stock()).reconcile(Instant.ofEpochMilli(0), Instant.ofEpochMilli(now));
        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.unknown()).singleElement().asString().contains("reliable-mq.outbox.retention is off");
        assertThat(report.groups()).isEmpty();
    }

    /** A record that was purged is no gap. */
    @Test
    void saysNothingOfWhatMayHaveBeenPurged() {
        ExpectedGroup shortMemory = new ExpectedGroup("stock", "orders", Set.of(), Duration.ofMinutes(30), null);
        sent(now - HOUR.toMillis());
        UUID missing = sent(now - Duration.ofMinutes(20).toMillis());

        ReconciliationReport report = compared(shortMemory);

        assertThat(report.groups().get(0).ids(Kind.MISSING)).containsExactly(missing);
        assertThat(report.unknown()).singleElement().asString().contains("is out of reach");
    }

    @Test
    void saysWhichGroupsCannotBeCompared() {
        ReconciliationReport report =
                compared(new ExpectedGroup("stock", "orders", Set.of(), HOUR, "its listener has a key of its own"));
        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.unknown())
                .containsExactly("Group stock cannot be compared: its listener has a key of its own");
        assertThat(compared().unknown()).singleElement().asString().contains("no consumer group");
    }

    @Test
    void namesNoMoreThanConfiguredAndCountsAll() {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            ids.add(UUID.randomUUID());
        }
        sent(ids, "orders", null, "SENT", now - HOUR.toMillis());

        Group group = compared(stock()).groups().get(0);

        assertThat(group.missing()).isEqualTo(150);
        assertThat(group.named()).hasSize(100);
        assertThat(new HashSet<>(ids)).containsAll(group.ids(Kind.MISSING));
    }

    @Test
    void writesItsReportAsLinesOfJson() {
        UUID missing = sent(now - HOUR.toMillis());

        List<String> lines = compared(stock()).jsonLines().toList();

        assertThat(lines).hasSize(3).noneMatch(line -> line.contains("\n"));
        assertThat(lines.get(0)).contains("\"line\":\"report\"", "\"verdict\":\"GAPS\"");
        assertThat(lines.get(1)).contains("\"group\":\"stock\"", "\"missing\":1");
        assertThat(lines.get(2)).contains("\"kind\":\"MISSING\"", missing.toString(), "\"appliedAt\":null");
    }

    private OutboxRow written(String topic) {
        OutgoingMessage message = new OutgoingMessage(
                UUID.randomUUID(), topic, null, null, null, "text/plain", new byte[] {1}, Map.of(), 1, 0);
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource))
                .execute(status -> outbox.store().insert(List.of(new LaneMessage(0, message))))
                .get(0);
    }

    private UUID parked(String topic) {
        OutboxRow row = written(topic);
        UUID node = UUID.randomUUID();
        outbox.lanes().join(node, "test", Duration.ofMinutes(1));
        LaneClaim claim = outbox.lanes().claim(node, 8).stream()
                .filter(one -> one.lane() == 0)
                .findFirst()
                .orElseThrow();
        outbox.store().park(claim, List.of(row.ref()), "no such topic");
        outbox.lanes().leave(node);
        return row.ref().messageId();
    }

    @Test
    void saysOfWhatIsMissingWhetherTheBrokerHasIt() {
        UUID kept = sent(now - HOUR.toMillis());
        UUID gone = sent(now - HOUR.toMillis());
        UUID unseen = sent(now - HOUR.toMillis());
        Group group = new LedgerReconciliation(
                        new Sources(
                                outbox.ledger(),
                                outbox.view(),
                                outbox.operators(),
                                JdbcInbox.on(dataSource).ledger(),
                                () -> {}),
                        () -> List.of(stock()),
                        new Bounds(
                                Duration.ofDays(7),
                                Duration.ofHours(6),
                                Duration.ofMinutes(10),
                                Duration.ofMinutes(5),
                                100),
                        (topic, ids) ->
                                topic.equals("orders") && ids.size() == 3 ? Map.of(kept, true, gone, false) : Map.of())
                .reconcile(Instant.ofEpochMilli(now).minus(HOUR.multipliedBy(2)), Instant.ofEpochMilli(now + 1))
                .groups()
                .get(0);
        assertThat(group.named())
                .extracting(ReconciliationReport.Named::messageId, ReconciliationReport.Named::broker)
                .containsExactlyInAnyOrder(
                        tuple(kept, Whereabouts.STORED),
                        tuple(gone, Whereabouts.GONE),
                        tuple(unseen, Whereabouts.UNKNOWN));
        assertThat(group.missing(Whereabouts.GONE)).isEqualTo(1);
        assertThat(group.missing()).isEqualTo(3);
    }
}
