package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ProducerApplication.count;
import static io.reliablemq.autoconfigure.ProducerApplication.ordered;
import static io.reliablemq.autoconfigure.ProducerApplication.send;
import static io.reliablemq.autoconfigure.ProducerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

/**
 * Instances of one release run while the first instance of the next one migrates the tables, and can be started afterwards. Not on H2,
 * which serves one process, and loses rows that are committed while it adds a column (tried with 2.4.240, without any of this).
 */
abstract class RollingUpgradeContract {

    private ProducerApplication application;
    private final List<UUID> accepted = new CopyOnWriteArrayList<>();

    @BeforeEach
    void use(Database database) {
        application = new ProducerApplication(database);
    }

    @Test
    void thisReleaseGoesOnWhenTheNextOneHasMigrated() {
        String[] properties = {"reliable-mq.outbox.hand-over=2s", "reliable-mq.outbox.relay.lease=30s"};
        application.with(properties).run(context -> {
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> load(context, enough));
            until(() -> application.sent.size() > 100);

            migrateToTheNextRelease(context);

            int before = application.sent.size();
            until(() -> application.sent.size() > before + 200);
            enough.set(true);
            load.join();
            assertThatAllIsSent(context);
        });
        application.with(properties).run(context -> {
            assertThat(context).hasNotFailed();
            accepted.add(send(context, ordered("key")));
            accepted.add(send(context, ProducerApplication.delayed(Duration.ofMillis(2100))));
            assertThatAllIsSent(context);
        });
        application.with("reliable-mq.schema.mode=validate").run(context -> assertThat(context)
                .hasNotFailed());
    }

    private void load(ApplicationContext context, AtomicBoolean enough) {
        for (int i = 0; !enough.get(); i++) {
            accepted.add(send(context, ordered("key-" + i % 10)));
            accepted.add(send(context, OutboxMessage.to("topic").payload("text")));
            accepted.add(send(context, ProducerApplication.delayed(Duration.ofMillis(2100))));
        }
    }

    private static void migrateToTheNextRelease(ApplicationContext context) {
        JdbcOutbox tables = context.getBean(JdbcOutbox.class);
        int migrations = Flyway.configure()
                .dataSource(context.getBean(DataSource.class))
                .locations("classpath:" + tables.dialect().scripts(), "classpath:db/next-release")
                .table("reliable_mq_outbox_history")
                .load()
                .migrate()
                .migrationsExecuted;
        assertThat(migrations).isEqualTo(1);
    }

    private void assertThatAllIsSent(ApplicationContext context) {
        until(() -> count(context, "reliable_mq_outbox_due") == 0 && count(context, "reliable_mq_outbox") == 0);
        assertThat(application.sent.stream().map(OutgoingMessage::id)).containsExactlyInAnyOrderElementsOf(accepted);
    }
}
