package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Edit;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadEncryption;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Operations and retention as the starter wires them, on an instance that only writes. */
class OutboxOperationsTests {

    private static final Action ACTION = Action.by("alice", "the topic was created");

    private final Database database = TestDatabase.H2.create();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class))
            .withUserConfiguration(Listener.class)
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());
    private final ApplicationContextRunner writing =
            application.withPropertyValues("reliable-mq.outbox.relay.enabled=false");

    @Configuration(proxyBeanMethods = false)
    static class Listener {

        final List<Deed> deeds = new CopyOnWriteArrayList<>();

        @EventListener
        void done(Deed deed) {
            deeds.add(deed);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AuditListener {

        final List<AuditEvent> events = new CopyOnWriteArrayList<>();

        @EventListener
        void audited(AuditApplicationEvent event) {
            events.add(event.getAuditEvent());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Encrypting {

        @Bean
        PayloadEncryption encryption() {
            return new PayloadEncryption() {
                @Override
                public String name() {
                    return "reversed";
                }

                @Override
                public byte[] encrypt(OutgoingMessage message) {
                    return new StringBuilder(new String(message.payload(), StandardCharsets.UTF_8))
                            .reverse()
                            .toString()
                            .getBytes(StandardCharsets.UTF_8);
                }
            };
        }
    }

    @Test
    void publishesWhatAnOperatorDidAsAnEventAndToSpringBootsAudit() {
        writing.withUserConfiguration(AuditListener.class).run(context -> {
            UUID id = parked(context);
            OutboxOperations operations = context.getBean(OutboxOperations.class);
            operations.release(Parked.all(), 10, ACTION.asDryRun());
            assertThat(context.getBean(Listener.class).deeds).isEmpty();

            operations.release(Parked.all(), 10, ACTION);

            List<Deed> deeds = context.getBean(Listener.class).deeds;
            assertThat(deeds).hasSize(1);
            assertThat(deeds.get(0).operation()).isEqualTo(Operation.RELEASE);
            assertThat(deeds.get(0).messages()).containsExactly(id);
            List<AuditEvent> events = context.getBean(AuditListener.class).events;
            assertThat(events).hasSize(1);
            assertThat(events.get(0).getPrincipal()).isEqualTo("alice");
            assertThat(events.get(0).getType()).isEqualTo("OUTBOX_RELEASE");
            assertThat(events.get(0).getData())
                    .containsEntry("reason", "the topic was created")
                    .containsEntry("messages", List.of(id));

            operations.changeLanes(8, ACTION);

            assertThat(deeds).last().extracting(Deed::operation).isEqualTo(Operation.CHANGE_LANES);
            assertThat(events).last().extracting(AuditEvent::getType).isEqualTo("OUTBOX_CHANGE_LANES");
        });
    }

    @Test
    void publishesItWithoutSpringBootsActuatorToo() {
        writing.withClassLoader(new FilteredClassLoader(AuditApplicationEvent.class))
                .run(context -> {
                    parked(context);

                    context.getBean(OutboxOperations.class).release(Parked.all(), 10, ACTION);

                    assertThat(context.getBean(Listener.class).deeds).hasSize(1);
                    assertThat(context).doesNotHaveBean(OutboxAuditEvents.class);
                });
    }

    @Test
    void encryptsAnEditedPayloadLikeAnyOther() {
        writing.withUserConfiguration(Encrypting.class).run(context -> {
            UUID id = parked(context);
            OutboxOperations operations = context.getBean(OutboxOperations.class);

            operations.edit(id, Edit.nothing().payload("abc".getBytes(StandardCharsets.UTF_8), "text/plain"), ACTION);

            OutboxOperations.Payload payload = operations.payload(id).orElseThrow();
            assertThat(payload.bytes()).isEqualTo("cba".getBytes(StandardCharsets.UTF_8));
            assertThat(payload.contentType()).isEqualTo("text/plain;reliablemq-encoding=reversed");
        });
    }

    @Test
    void keepsSentMessagesOnlyWithARetention() {
        writing.run(context -> assertThat(archivedOfOneSettled(context)).isZero());
        writing.withPropertyValues("reliable-mq.outbox.retention=7d")
                .run(context -> assertThat(archivedOfOneSettled(context)).isEqualTo(1));
    }

    @Test
    void purgesOnlyWithARetentionAndARelay() {
        application.run(context -> assertThat(
                        context.getBean(ArchivePurgeLifecycle.class).isRunning())
                .isFalse());
        writing.withPropertyValues("reliable-mq.outbox.retention=7d")
                .run(context -> assertThat(context).doesNotHaveBean(ArchivePurgeLifecycle.class));
        application.withPropertyValues("reliable-mq.outbox.retention=7d").run(context -> {
            ArchivePurgeLifecycle purge = context.getBean(ArchivePurgeLifecycle.class);
            assertThat(purge.isRunning()).isTrue();
            purge.stop();
            assertThat(purge.isRunning()).isFalse();
            purge.start();
            assertThat(purge.isRunning()).isTrue();
        });
    }

    @Test
    void refusesARetentionThatMeansNothing() {
        for (String nonsense : List.of("500ms", "-1d")) {
            writing.withPropertyValues("reliable-mq.outbox.retention=" + nonsense)
                    .run(context -> assertThat(context.getStartupFailure())
                            .hasRootCauseInstanceOf(ReliableMqConfigurationException.class)
                            .hasStackTraceContaining("reliable-mq.outbox.retention is "));
        }
    }

    private static UUID parked(AssertableApplicationContext context) {
        OutboxRow row = written(context);
        JdbcOutbox outbox = context.getBean(JdbcOutbox.class);
        UUID node = UUID.randomUUID();
        outbox.lanes().join(node, "test", Duration.ofMinutes(1));
        LaneClaim claim = outbox.lanes().claim(node, 16).stream()
                .filter(one -> one.lane() == row.ref().lane())
                .findFirst()
                .orElseThrow();
        outbox.store().park(claim, List.of(row.ref()), "no such topic");
        return row.ref().messageId();
    }

    private static long archivedOfOneSettled(AssertableApplicationContext context) {
        JdbcOutbox outbox = context.getBean(JdbcOutbox.class);
        outbox.store().settle(List.of(written(context).ref()));
        Long rows = new JdbcTemplate(context.getBean(DataSource.class))
                .queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox_archive", Long.class);
        return rows == null ? -1 : rows;
    }

    private static OutboxRow written(AssertableApplicationContext context) {
        OutgoingMessage message = new OutgoingMessage(
                UUID.randomUUID(), "orders", null, null, null, "text/plain", new byte[] {1}, Map.of(), 1, 0);
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status ->
                        context.getBean(JdbcOutbox.class).store().insert(List.of(new LaneMessage(0, message))))
                .get(0);
    }
}
