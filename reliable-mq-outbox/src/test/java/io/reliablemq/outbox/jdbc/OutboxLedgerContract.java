package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.elsewhere;
import static io.reliablemq.outbox.jdbc.StoreFixture.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.spi.OutboxLedger;
import io.reliablemq.outbox.spi.OutboxLedger.Departed;
import io.reliablemq.outbox.spi.OutboxLedger.Noted;
import io.reliablemq.outbox.spi.OutboxLedger.Outcome;
import io.reliablemq.outbox.spi.OutboxLedger.Span;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What left the outbox, and whose turn it is to compare it, on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutboxLedgerContract {

    private static final Span ALL = new Span(0, Long.MAX_VALUE);
    private static final Duration LONG = Duration.ofHours(1);

    private StoreFixture db;
    private OutboxLedger ledger;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        ledger = db.outbox.ledger();
    }

    @BeforeEach
    void emptyTables() {
        db.empty();
        db.lanes.layout(8);
    }

    private UUID sent(String topic) {
        OutboxRow row = db.written(1, message(topic));
        db.archiving().settle(List.of(row.ref()));
        return row.ref().messageId();
    }

    private void archivedAt(UUID id, long ms) {
        db.own.statement(
                "by the test",
                session -> session.update(
                        "UPDATE reliable_mq_outbox_archive SET archived_at_ms = ? WHERE message_id = ?",
                        parameters -> parameters.add(ms).add(id)));
    }

    private List<UUID> pages(Span span, Set<String> topics, int limit) {
        List<UUID> ids = new ArrayList<>();
        Departed last = null;
        List<Departed> page;
        do {
            page = ledger.departed(span, topics, last, limit);
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            page.forEach(one -> ids.add(one.id()));
            last = page.isEmpty() ? last : page.get(page.size() - 1);
        } while (page.size() == limit);
        return ids;
    }

    @Test
    void readsPagesInTheOrderOfTimeAndEachMessageOnce() {
        List<UUID> ids = IntStream.range(0, 7).mapToObj(i -> sent("orders")).toList();
        // five at the same moment, one before, one after
        ids.forEach(id -> archivedAt(id, 5_000));
        archivedAt(ids.get(6), 1_000);
        archivedAt(ids.get(0), 9_000);
        List<UUID> inOrder =
                List.of(ids.get(6), ids.get(1), ids.get(2), ids.get(3), ids.get(4), ids.get(5), ids.get(0));

        for (int limit : new int[] {1, 2, 3, 100}) {
            assertThat(pages(ALL, Set.of("orders"), limit)).isEqualTo(inOrder);
        }
        assertThat(pages(new Span(1_000, 9_000), Set.of("orders"), 2)).isEqualTo(inOrder.subList(0, 6));
        assertThat(pages(new Span(1_001, 5_001), Set.of("orders"), 2)).isEqualTo(inOrder.subList(1, 6));
    }

    @Test
    void readsTheTopicsThatItIsAskedFor() {
        UUID order = sent("orders");
        UUID invoice = sent("invoices");
        sent("clicks");

        assertThat(pages(ALL, Set.of("orders", "invoices"), 10)).containsExactly(order, invoice);
        assertThat(ledger.departed(ALL, Set.of("orders"), null, 10))
                .extracting(Departed::topic, Departed::tag, Departed::skipped, Departed::deliverAtMs)
                .containsExactly(tuple("orders", "tag", false, 0L));
    }

    @Test
    void tellsWhatWasSkippedAndLeavesOutVersionsBeforeAnEdit() {
        OutboxRow row = db.written(1, message("orders"));
        db.store.park(db.claim(1), List.of(row.ref()), "no such topic");
        Action action = Action.by("alice", "by the test");
        db.outbox
                .operators()
                .edit(
                        row.ref().messageId(),
                        before -> before.withPayload(new byte[] {1}, "text/plain"),
                        (before, after) -> "payload",
                        action);
        assertThat(db.count("reliable_mq_outbox_archive")).isEqualTo(1);
        assertThat(ledger.departed(ALL, Set.of("orders"), null, 10)).isEmpty();

        db.outbox.operators().skip(row.ref().messageId(), action);

        assertThat(ledger.departed(ALL, Set.of("orders"), null, 10))
                .extracting(Departed::id, Departed::skipped)
                .containsExactly(tuple(row.ref().messageId(), true));
    }

    @Test
    void givesTheTurnToOneOfManyAtATime() throws Exception {
        List<Future<Boolean>> asked = IntStream.range(0, 6)
                .mapToObj(i -> elsewhere(() -> ledger.takeTurn(LONG)))
                .toList();
        int taken = 0;
        for (Future<Boolean> one : asked) {
            taken += one.get() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(1);
        assertThat(ledger.takeTurn(LONG)).isFalse();
    }

    @Test
    void givesTheNextTurnWhenItsTimeHasCome() {
        assertThat(ledger.takeTurn(Duration.ofMillis(1))).isTrue();
        Awaitility.await().until(() -> ledger.takeTurn(LONG));
        assertThat(ledger.takeTurn(LONG)).isFalse();
        ledger.prolongTurn(Duration.ZERO);
        Awaitility.await().until(() -> ledger.takeTurn(Duration.ofMillis(1)));
        ledger.prolongTurn(LONG);
        assertThat(ledger.takeTurn(LONG)).isFalse();
    }

    @Test
    void keepsTheLatestOutcomeForAllAndLeavesTheLayoutAlone() {
        assertThat(ledger.noted()).isEmpty();
        ledger.note(new Outcome(1, 2, 3, 4, true));
        Outcome latest = new Outcome(5, 6, 7, 8, false);
        ledger.note(latest);

        assertThat(db.outbox.ledger().noted()).map(Noted::outcome).contains(latest);
        assertThat(ledger.noted().orElseThrow().ageMs()).isBetween(0L, 60_000L);
        assertThat(db.lanes.layout().lanes()).isEqualTo(8);
    }
}
