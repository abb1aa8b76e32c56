package io.reliablemq.outbox.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.ArchiveStore;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class ArchivePurgeTests {

    private static final Duration RETENTION = Duration.ofHours(1);
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final Database database = TestDatabase.H2.create();
    private final DataSource dataSource = database.dataSource(4);
    private final JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    private final JdbcOutbox outbox = JdbcOutbox.on(dataSource);
    private final AtomicInteger purged = new AtomicInteger();
    private final List<ArchivePurge> purges = new ArrayList<>();

    @BeforeEach
    void createTables() {
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + outbox.dialect().scripts())
                .load()
                .migrate();
    }

    @AfterEach
    void stop() {
        purges.forEach(purge -> purge.stop(Duration.ofSeconds(5)));
        database.close();
    }

    @Test
    void purgesRoundAfterRoundWhatIsOldEnough() {
        archive(1_700, 2);
        archive(10, 0);
        start(outbox.archive());
        until(() -> rows() == 10);

        archive(1_300, 2);

        until(() -> rows() == 10);
    }

    @Test
    void sharesTheWorkBetweenSeveralProcesses() {
        archive(5_000, 2);
        start(outbox.archive());
        start(outbox.archive());

        until(() -> rows() == 0);
        until(() -> purged.get() == 5_000);
    }

    @Test
    void goesOnAfterAnError() {
        archive(100, 2);
        AtomicInteger calls = new AtomicInteger();
        start(after(() -> {
            if (calls.incrementAndGet() < 3) {
                throw new IllegalStateException("the database is down, by the test");
            }
        }));

        until(() -> rows() == 0);
    }

    @Test
    void purgesNothingOnceItHasStopped() {
        AtomicInteger calls = new AtomicInteger();
        ArchivePurge purge = start(after(calls::incrementAndGet));
        until(() -> calls.get() > 0);
        purge.stop(Duration.ofSeconds(5));
        int before = calls.get();
        archive(10, 2);

        start(outbox.archive());
        until(() -> rows() == 0);

        assertThat(calls.get()).isEqualTo(before);
    }

    @Test
    void refusesARetentionThatMeansNothing() {
        assertThatThrownBy(
                        () -> new ArchivePurge(outbox.archive(), Duration.ofMillis(999), INTERVAL, RelayObserver.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0.999S");
    }

    /** The archive, with something done before each purge. */
    private ArchiveStore after(Runnable first) {
        ArchiveStore store = outbox.archive();
        return new ArchiveStore() {
            @Override
            public int purge(Duration retention, int limit) {
                first.run();
                return store.purge(retention, limit);
            }

            @Override
            public Content content() {
                return store.content();
            }
        };
    }

    private ArchivePurge start(ArchiveStore store) {
        ArchivePurge purge = new ArchivePurge(store, RETENTION, INTERVAL, new RelayObserver() {
            @Override
            public void purged(int messages) {
                purged.addAndGet(messages);
            }
        });
        purges.add(purge);
        purge.start();
        return purge;
    }

    private void archive(int count, int hoursAgo) {
        jdbc.update(
                "INSERT INTO reliable_mq_outbox_archive (outcome, archived_at_ms, lane, id, message_id, topic, content_type,"
                        + " headers, payload, created_at_ms, deliver_at_ms) SELECT 'SENT',"
                        + " CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT) - ?, 0, x, RANDOM_UUID(), 't', 'c', '{}',"
                        + " X'00', 0, 0 FROM SYSTEM_RANGE(1, ?)",
                hoursAgo * 3_600_000L,
                count);
    }

    private long rows() {
        Long rows = jdbc.queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox_archive", Long.class);
        return rows == null ? -1 : rows;
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }
}
