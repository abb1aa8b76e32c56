package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxView;
import io.reliablemq.outbox.spi.OutboxView.Owner;
import io.reliablemq.outbox.spi.OutboxView.Ownership;
import io.reliablemq.outbox.spi.OutboxView.SomeBacklog;
import io.reliablemq.outbox.spi.OutboxView.TopicBacklog;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.transaction.TransactionDefinition;

/** What operators see, on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutboxViewContract {

    private StoreFixture db;
    private OutboxView view;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        view = db.outbox.view();
    }

    @BeforeEach
    void emptyTables() {
        db.empty();
    }

    @Test
    void showsWhichProcessHasWhichLanes() {
        db.lanes.layout(8);
        UUID relaying = UUID.randomUUID();
        db.lanes.join(relaying, "shop", Duration.ofMinutes(1));
        db.lanes.joinAsWriter(UUID.randomUUID(), "web", Duration.ofMinutes(1));
        List<Integer> claimed = db.lanes.claim(relaying, 3).stream()
                .map(claim -> claim.lane())
                .sorted()
                .toList();

        Ownership ownership = view.ownership();

        assertThat(ownership.owners()).extracting(Owner::name).containsExactly("shop", "web");
        Owner shop = ownership.owners().get(0);
        assertThat(shop.node()).isEqualTo(relaying);
        assertThat(shop.relays()).isTrue();
        assertThat(shop.lanes()).isEqualTo(claimed).hasSize(3);
        assertThat(shop.leaseLeftMs()).isBetween(1L, 60_000L);
        Owner web = ownership.owners().get(1);
        assertThat(web.relays()).isFalse();
        assertThat(web.lanes()).isEmpty();
        assertThat(ownership.unowned()).hasSize(5).isSorted().doesNotContainAnyElementsOf(claimed);
    }

    @Test
    void countsALaneOfAProcessThatIsGoneAsUnowned() {
        db.lanes.layout(8);
        UUID gone = UUID.randomUUID();
        db.lanes.join(gone, "shop", Duration.ofMinutes(1));
        db.lanes.claim(gone, 8);
        db.jdbc.update("DELETE FROM reliable_mq_outbox_node");

        assertThat(view.ownership().owners()).isEmpty();
        assertThat(view.ownership().unowned()).hasSize(8);
    }

    @Test
    void countsWhatWaitsIsDelayedAndIsParkedByTopic() {
        db.written(1, message("orders"));
        db.written(2, message("orders"));
        db.jdbc.update("UPDATE reliable_mq_outbox SET written_at_ms = written_at_ms - 60000 WHERE lane = 2");
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT)
                .executeWithoutResult(status ->
                        db.store.delay(List.of(new LaneMessage(1, message("orders"))), Duration.ofSeconds(10)));
        OutboxRow refused = db.written(3, message("invoices"));
        db.store.park(db.claim(3), List.of(refused.ref()), "no such topic");

        assertThat(view.backlog(1000)).extracting(SomeBacklog::whole).isEqualTo(true);
        assertThat(view.backlog(1).whole()).isFalse();
        assertThat(view.backlog(1).topics())
                .allSatisfy(topic -> assertThat(topic.waiting()).isLessThanOrEqualTo(1));
        List<TopicBacklog> backlog = view.backlog();

        assertThat(backlog).hasSize(2);
        assertThat(backlog.get(0)).isEqualTo(new TopicBacklog("invoices", 0, 0, 0, 1));
        assertThat(backlog.get(1).topic()).isEqualTo("orders");
        assertThat(backlog.get(1).waiting()).isEqualTo(2);
        assertThat(backlog.get(1).oldestWaitingMs()).isGreaterThanOrEqualTo(60_000);
        assertThat(backlog.get(1).delayed()).isEqualTo(1);
        assertThat(backlog.get(1).parked()).isZero();
    }

    @Test
    void showsNothingOfAnEmptyOutbox() {
        assertThat(view.backlog(1)).isEqualTo(new SomeBacklog(List.of(), true));
        assertThat(view.backlog()).isEmpty();
        assertThat(view.ownership()).isEqualTo(new Ownership(List.of(), List.of()));
    }
}
