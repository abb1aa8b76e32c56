package io.reliablemq.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Edit;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.OutboxOperations.Replayed;
import io.reliablemq.outbox.OutboxOperations.Stage;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The Java blocks of docs/operating.md, run as they stand there. */
class OperatingGuideTests {

    private static final Logger log = LoggerFactory.getLogger(OperatingGuideTests.class);
    private static final LaneLayout LAYOUT = new LaneLayout(1);

    private final Database database = TestDatabase.H2.create();
    private final DataSource dataSource = database.dataSource(4);
    private final JdbcOutbox outbox = JdbcOutbox.on(dataSource).archiving();
    private final OutboxOperations operations =
            new AuditedOperations(outbox.operators(), () -> LAYOUT, message -> {}, message -> message, deed -> {});
    private final byte[] corrected = {1, 2, 3};

    @BeforeEach
    void createTables() {
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + outbox.dialect().scripts())
                .load()
                .migrate();
        outbox.lanes().layout(LAYOUT.lanes());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void showsWhatIsTestedHere() throws IOException {
        String here =
                squeezed(Files.readString(Path.of("src/test/java/io/reliablemq/outbox/OperatingGuideTests.java")));
        List<String> blocks = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/operating.md")))
                .results()
                .map(block -> squeezed(block.group(1)))
                .toList();

        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(here).contains(block));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void parkedMessages() {
        park(written(3));
        Action action = Action.by("alice", "topic orders was created, see ticket 4711");
        List<ParkedMessage> page = operations.parked(Parked.topic("orders"), null, 100);
        ParkedMessage first = page.get(0);
        String why = first.reason();
        long all = operations.count(Parked.topic("orders"));
        assertThat(why).isEqualTo("no such topic");
        assertThat(all).isEqualTo(3);
        Outcome edited = operations.edit(
                first.id(), Edit.nothing().topic("orders").payload(corrected, "application/json"), action);
        if (edited.perhapsStored()) {
            log.warn("An earlier version of {} may have been delivered: listeners ignore the new one then", first.id());
        }
        assertThat(edited.perhapsStored()).isTrue();
        Outcome outcome = operations.release(Parked.topic("orders"), 1000, action);
        assertThat(outcome.messages()).hasSize(3).startsWith(first.id());
        for (Deed deed : operations.audit(null, 100)) {
            log.info("{} {} by {}: {}", deed.performedAt(), deed.operation(), deed.actor(), deed.reason());
        }
        assertThat(operations.audit(null, 100))
                .extracting(Deed::operation)
                .containsExactly(Operation.RELEASE, Operation.EDIT);
    }

    @Test
    void skip() {
        park(written(3));
        Action action = Action.by("alice", "the order was cancelled by phone");
        ParkedMessage first = operations.parked(Parked.all(), null, 1).get(0);
        operations.skip(first.id(), action);
        operations.release(Parked.key("orders", "customer-1"), 1000, action);
        assertThat(operations.count(Parked.all())).isZero();
        assertThat(operations.audit(null, 1).get(0).messages()).hasSize(2);
    }

    @Test
    void replay() {
        outbox.store().settle(written(3));
        Instant two = Instant.parse("2026-01-01T02:00:00Z");
        Instant three = two.plus(Duration.ofHours(1));
        new JdbcTemplate(dataSource)
                .update("UPDATE reliable_mq_outbox_archive SET archived_at_ms = ?", two.toEpochMilli() + 1);
        Action action = Action.by("alice", "the broker has lost a disk");
        Archived lost = Archived.sent(two, three).topic("orders");
        Replayed would = operations.replay(lost, 1_000_000, action.asDryRun());
        Replayed done = operations.replay(lost, 1_000_000, action);
        assertThat(would).isEqualTo(new Replayed(3, false));
        assertThat(done).isEqualTo(would);
        assertThat(outbox.store().backlog().rows()).isEqualTo(3);
    }

    @Test
    void lanes() {
        Action action = Action.by("alice", "two more instances");
        Lanes would = operations.changeLanes(32, action.asDryRun());
        Lanes announced = operations.changeLanes(32, action);
        assertThat(announced).isEqualTo(would);
        Lanes lanes = operations.lanes();
        log.info(
                "{} from {} to {}: {} messages are misplaced, {} parked ones, waiting for {}",
                lanes.stage(),
                lanes.from(),
                lanes.to(),
                lanes.misplaced(),
                lanes.misplacedParked(),
                lanes.waitingFor());
        assertThat(lanes).isEqualTo(new Lanes(Stage.ANNOUNCED, 1, 32, 0, 0, List.of()));
    }

    private List<RowRef> written(int count) {
        List<LaneMessage> messages = IntStream.range(0, count)
                .mapToObj(i -> new LaneMessage(
                        0,
                        new OutgoingMessage(
                                UUID.randomUUID(),
                                "orders",
                                null,
                                null,
                                "customer-1",
                                "text/plain",
                                new byte[] {1},
                                Map.of(),
                                1,
                                0)))
                .toList();
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource))
                .execute(status -> outbox.store().insert(messages)).stream()
                        .map(OutboxRow::ref)
                        .toList();
    }

    private void park(List<RowRef> refs) {
        UUID node = UUID.randomUUID();
        outbox.lanes().join(node, "test", Duration.ofMinutes(1));
        LaneClaim claim = outbox.lanes().claim(node, 1).iterator().next();
        assertThat(outbox.store().park(claim, refs, "no such topic")).isTrue();
    }
}
