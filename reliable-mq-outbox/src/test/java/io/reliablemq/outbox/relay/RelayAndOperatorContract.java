package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static io.reliablemq.outbox.relay.SharedTables.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Fate;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two relays that park and archive, and an operator who works on the same tables. */
abstract class RelayAndOperatorContract {

    private static final int LANES = 8;
    private static final int KEYS = 10;
    private static final Action ACTION = Action.by("operator", "again");
    private static final SendOutcome REFUSED = new SendOutcome.Refused(Reason.TOO_LARGE, "by the test");
    private static final RelaySettings SETTINGS = new RelaySettings(
            LANES,
            Duration.ofSeconds(4),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            128,
            1024,
            16L * 1024 * 1024,
            new Backoff(Duration.ofMillis(5), Duration.ofMillis(50)),
            Duration.ofSeconds(5));

    private volatile ScriptedSender broker = new ScriptedSender();
    private final List<OutboxRelay> relays = new ArrayList<>();
    private final Random random = new Random(11);
    private SharedTables tables;
    private LaneLayout layout;
    private OutboxOperations operations;

    @BeforeEach
    void createTables(Database database) {
        tables = new SharedTables(database, 4, LANES);
        layout = tables.layout;
        operations = new AuditedOperations(
                tables.outbox.operators(), () -> layout, message -> {}, message -> message, deed -> {});
        relays.add(relay());
        relays.add(relay());
        relays.forEach(OutboxRelay::start);
    }

    private OutboxRelay relay() {
        JdbcOutbox own = tables.ofAnotherProcess().archiving();
        return new OutboxRelay(
                own.store(),
                own.lanes(),
                layout,
                message -> broker.send(message),
                SETTINGS,
                RelayObserver.NONE,
                "relay-" + relays.size());
    }

    @AfterEach
    void stop() {
        relays.forEach(OutboxRelay::stop);
        tables.close();
    }

    @Test
    void loseNothingAndKeepTheOrderWhileMessagesAreRefusedAndReleasedAllTheTime() {
        broker.script = message -> unlucky() ? REFUSED : STORED;
        Map<String, List<UUID>> written = new LinkedHashMap<>();
        for (int round = 0; round < 40; round++) {
            write(25, written);
            operations.release(Parked.all(), 1 + round, ACTION);
        }
        until(() -> count("_parked") > 0);

        broker.script = message -> STORED;
        until(() -> {
            operations.release(Parked.all(), 100, ACTION);
            return count("") + count("_parked") == 0;
        });

        written.forEach((key, ids) -> {
            if (!key.equals("null")) {
                assertThat(broker.storedOf("topic", key)).as(key).isEqualTo(ids);
            }
        });
        assertThat(broker.stored()).hasSize(1000).doesNotHaveDuplicates();
        assertThat(count("_archive")).isEqualTo(1000);
        assertThat(distinctArchived()).isEqualTo(1000);
    }

    @Test
    void sendAgainInOrderWhatABrokerHasLost() {
        broker.script = message -> STORED;
        Map<String, List<UUID>> written = new LinkedHashMap<>();
        for (int round = 0; round < 20; round++) {
            write(25, written);
        }
        until(() -> count("_archive") == 500);
        assertThat(broker.stored()).hasSize(500);
        long last = number("SELECT MAX(archived_at_ms) FROM reliable_mq_outbox_archive");

        Archived all = new Archived(Fate.SENT, 0, last + 1, null);
        until(() -> !isInTheFuture(all));
        ScriptedSender survivor = new ScriptedSender();
        broker = survivor;
        assertThat(operations.replay(all, 10_000, ACTION).messages()).isEqualTo(500);

        until(() -> survivor.stored().size() == 500 && count("_archive") == 500);
        assertThat(distinctArchived()).isEqualTo(500);
        assertThat(count("")).isZero();
        written.forEach((key, ids) -> {
            if (!key.equals("null")) {
                assertThat(survivor.storedOf("topic", key)).as(key).isEqualTo(ids);
            }
        });
        assertThat(operations.replay(all, 10_000, ACTION).messages()).isZero();
    }

    private synchronized boolean unlucky() {
        return random.nextInt(10) == 0;
    }

    private void write(int count, Map<String, List<UUID>> written) {
        List<LaneMessage> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = i % 5 == 0 ? null : "key-" + i % KEYS;
            OutgoingMessage message = message(key);
            batch.add(new LaneMessage(key == null ? i % LANES : layout.laneOf(key), message));
            written.computeIfAbsent(String.valueOf(key), k -> new ArrayList<>()).add(message.id());
        }
        tables.insert(batch);
    }

    private long count(String table) {
        return number("SELECT COUNT(*) FROM reliable_mq_outbox" + table);
    }

    private long distinctArchived() {
        return number("SELECT COUNT(DISTINCT message_id) FROM reliable_mq_outbox_archive WHERE outcome = 'SENT'");
    }

    private boolean isInTheFuture(Archived range) {
        try {
            operations.replay(range, 1, ACTION.asDryRun());
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private long number(String sql) {
        Long number = tables.jdbc.queryForObject(sql, Long.class);
        return number == null ? -1 : number;
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
