package io.reliablemq.outbox.write;

import static io.reliablemq.outbox.Cancellation.CANCELLED;
import static io.reliablemq.outbox.Cancellation.TOO_LATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Taking messages back, with the real tables. */
class CancellationTests {

    private final DataSource dataSource = OutboxFixture.h2();
    private final JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    private final OutboxFixture.Feed feed = new OutboxFixture.Feed();
    private final List<OutgoingMessage> checked = new ArrayList<>();
    private final TransactionTemplate transaction =
            new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(dataSource)));
    private TransactionalOutbox outbox;

    @BeforeEach
    void createTables() {
        JdbcOutbox tables = JdbcOutbox.on(dataSource);
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + tables.dialect().scripts())
                .load()
                .migrate();
        outbox = TransactionalOutbox.on(dataSource)
                .store(tables.store())
                .layout(() -> new LaneLayout(16))
                .feed(feed)
                .rules(checked::add)
                .converter(payload -> new Converted(payload.toString().getBytes(StandardCharsets.UTF_8), "text/plain"))
                .handOver(Duration.ofSeconds(10))
                .build();
    }

    private UUID send(String payload, Duration delay) {
        return outbox.send(OutboxMessage.to("orders:placed").delay(delay).payload(payload));
    }

    private List<String> table(String name) {
        return jdbc.query(
                "SELECT payload FROM " + name, (row, number) -> new String(row.getBytes(1), StandardCharsets.UTF_8));
    }

    @Test
    void takesBackWhatTheTransactionItselfHasSent() {
        transaction.executeWithoutResult(status -> {
            UUID first = send("first", null);
            send("second", null);
            assertThat(outbox.cancel(first)).isEqualTo(CANCELLED);
            assertThat(outbox.cancel(first)).isEqualTo(TOO_LATE);
        });

        assertThat(table("reliable_mq_outbox")).containsExactly("second");
        assertThat(feed.committed).hasSize(1);
        assertThat(feed.held).isEmpty();
    }

    @Test
    void writesNothingWhenEverythingWasTakenBack() {
        transaction.executeWithoutResult(status -> outbox.cancel(send("only", null)));

        assertThat(table("reliable_mq_outbox")).isEmpty();
        assertThat(feed.held).isEmpty();
    }

    @Test
    void aRollbackToASavepointBringsBackWhatWasCancelledAfterIt() {
        transaction.executeWithoutResult(status -> {
            UUID kept = send("kept", null);
            UUID delayed = send("delayed", Duration.ofHours(1));
            Object savepoint = status.createSavepoint();
            assertThat(outbox.cancel(kept)).isEqualTo(CANCELLED);
            assertThat(outbox.cancel(delayed)).isEqualTo(CANCELLED);
            status.rollbackToSavepoint(savepoint);
        });

        assertThat(table("reliable_mq_outbox")).containsExactly("kept");
        assertThat(table("reliable_mq_outbox_due")).containsExactly("delayed");
    }

    @Test
    void aRollbackToASavepointBringsBackACommittedMessageToo() {
        UUID id = transaction.execute(status -> send("delayed", Duration.ofHours(1)));
        transaction.executeWithoutResult(status -> {
            Object savepoint = status.createSavepoint();
            assertThat(outbox.cancel(id)).isEqualTo(CANCELLED);
            status.rollbackToSavepoint(savepoint);
        });

        assertThat(table("reliable_mq_outbox_due")).containsExactly("delayed");
    }

    @Test
    void cancelsALaterTransactionsDelayedMessageOnCommitOnly() {
        UUID id = transaction.execute(status -> send("delayed", Duration.ofHours(1)));
        transaction.executeWithoutResult(status -> {
            assertThat(outbox.cancel(id)).isEqualTo(CANCELLED);
            status.setRollbackOnly();
        });
        assertThat(table("reliable_mq_outbox_due")).containsExactly("delayed");

        transaction.executeWithoutResult(status -> assertThat(outbox.cancel(id)).isEqualTo(CANCELLED));

        assertThat(table("reliable_mq_outbox_due")).isEmpty();
    }

    @Test
    void isTooLateForWhatIsCommittedWithoutALongDelay() {
        UUID now = transaction.execute(status -> send("now", null));
        UUID soon = transaction.execute(status -> send("soon", Duration.ofSeconds(10)));

        transaction.executeWithoutResult(status -> {
            assertThat(outbox.cancel(now)).isEqualTo(TOO_LATE);
            assertThat(outbox.cancel(soon)).isEqualTo(TOO_LATE);
            assertThat(outbox.cancel(UUID.randomUUID())).isEqualTo(TOO_LATE);
        });

        assertThat(table("reliable_mq_outbox")).containsExactly("now", "soon");
    }

    @Test
    void doesNotReachIntoATransactionThatIsSuspended() {
        TransactionTemplate inner = new TransactionTemplate(transaction.getTransactionManager());
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        transaction.executeWithoutResult(status -> {
            UUID id = send("outer", null);
            inner.executeWithoutResult(own -> assertThat(outbox.cancel(id)).isEqualTo(TOO_LATE));
        });

        assertThat(table("reliable_mq_outbox")).containsExactly("outer");
    }

    @Test
    void needsTheTransactionThatSendNeeds() {
        assertThatThrownBy(() -> outbox.cancel(UUID.randomUUID())).isInstanceOf(TransactionRequiredException.class);
    }

    @Test
    void handsALongDelayToTheBrokerOnlyForItsLastPart() {
        transaction.executeWithoutResult(status -> send("in a year", Duration.ofDays(365)));

        OutgoingMessage seen = checked.get(0);
        assertThat(seen.deliverAtMs() - seen.createdAtMs()).isEqualTo(10_000);
        assertThat(jdbc.queryForObject("SELECT deliver_at_ms - move_at_ms FROM reliable_mq_outbox_due", Long.class))
                .isEqualTo(10_000);
        assertThat(feed.committed).isEmpty();
        assertThat(feed.held).isEmpty();
    }

    @Test
    void sendsByTheShortForm() {
        UUID id = transaction.execute(status -> outbox.send("orders:placed", "payload"));

        assertThat(jdbc.queryForMap("SELECT topic, tag, message_id FROM reliable_mq_outbox"))
                .containsEntry("topic", "orders")
                .containsEntry("tag", "placed")
                .containsEntry("message_id", id);
    }
}
