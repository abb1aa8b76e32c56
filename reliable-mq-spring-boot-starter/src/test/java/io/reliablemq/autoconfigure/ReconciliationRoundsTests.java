package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.reconciliation.Reconciliation;
import io.reliablemq.reconciliation.ReconciliationReport;
import io.reliablemq.reconciliation.ReconciliationReport.Kind;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** The comparison of sent and arrived inside an application: which groups, when, by whom, and how it shows. */
@ExtendWith(OutputCaptureExtension.class)
class ReconciliationRoundsTests {

    private static final Logger log = LoggerFactory.getLogger(ReconciliationRoundsTests.class);
    private static final String ENABLED = "reliable-mq.reconciliation.enabled=true";

    private final Database database = TestDatabase.H2.create();

    private ApplicationContextRunner application(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        RocketMqAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        ListenerAutoConfiguration.class,
                        ReliableMqReconciliationAutoConfiguration.class))
                .withBean(MessageReceiverFactory.class, () -> new ListenerApplication(database))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues(
                        "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                        "reliable-mq.outbox.relay.enabled=false",
                        "reliable-mq.outbox.retention=7d",
                        "reliable-mq.reconciliation.grace=0s",
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password())
                .withPropertyValues(properties);
    }

    static class Stock {

        @IdempotentListener(topic = "orders", consumerGroup = "stock", tag = "created || paid")
        void on(String order) {}
    }

    static class Keyed {

        @IdempotentListener(topic = "orders", consumerGroup = "keyed", key = "payload")
        void on(String order) {}
    }

    static class Filtering {

        @IdempotentListener(topic = "orders", consumerGroup = "filtering", sql = "amount > 10")
        void on(String order) {}
    }

    private static UUID sent(ApplicationContext context, String tag) {
        OutgoingMessage message = new OutgoingMessage(
                UUID.randomUUID(), "orders", tag, null, null, "text/plain", new byte[] {1}, Map.of(), 1, 0);
        JdbcOutbox outbox = context.getBean(JdbcOutbox.class);
        OutboxRow row = context.getBean(TransactionTemplate.class)
                .execute(status -> outbox.store().insert(List.of(new LaneMessage(0, message))))
                .get(0);
        outbox.store().settle(List.of(row.ref()));
        return message.id();
    }

    private static void arrived(DataSource dataSource, String group, UUID id, long processedAt) {
        byte[] key = id.toString().getBytes(UTF_8);
        new JdbcTemplate(dataSource)
                .update(
                        "INSERT INTO reliable_mq_inbox (consumer_group, message_key, message_id, digest, state,"
                                + " processed_at) VALUES (?, ?, ?, ?, 'DONE', ?)",
                        group.getBytes(UTF_8),
                        key,
                        key,
                        new byte[32],
                        processedAt);
    }

    private static double gauge(ApplicationContext context, String name) {
        return context.getBean(MeterRegistry.class)
                .get("reliable.mq.reconciliation." + name)
                .gauge()
                .value();
    }

    @Test
    void showsTheSameAtEachInstanceAndSoundsTheAlarmUntilItIsMended(CapturedOutput output) {
        String[] often = {ENABLED, "reliable-mq.reconciliation.interval=100ms", "reliable-mq.reconciliation.window=2h"};
        application(often)
                .withBean(Stock.class)
                .run(one -> application(often).withBean(Stock.class).run(other -> {
                    UUID lost = sent(one, "paid");
                    ListenerApplication.until(() -> gauge(one, "missing") == 1 && gauge(other, "missing") == 1);
                    assertThat(output).contains("1 messages to orders are missing in group stock", lost.toString());
                    assertThat(gauge(one, "unknown")).isZero();
                    assertThat(gauge(one, "age")).isNotNegative();
                    assertThat(gauge(one, "duration")).isNotNegative();

                    arrived(one.getBean(DataSource.class), "stock", lost, System.currentTimeMillis() + 3_600_000);
                    ListenerApplication.until(() -> gauge(one, "missing") == 0 && gauge(other, "missing") == 0);
                    ListenerApplication.until(() -> gauge(one, "late") == 1);
                    assertThat(gauge(one, "dead")).isZero();
                }));
    }

    private static final class Counting implements Reconciliation {

        private final AtomicInteger calls;

        Counting(AtomicInteger calls) {
            this.calls = calls;
        }

        @Override
        public ReconciliationReport reconcile() {
            calls.incrementAndGet();
            return reconcile(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        }

        @Override
        public ReconciliationReport reconcile(Instant from, Instant to) {
            return new ReconciliationReport(from, to, to, Duration.ofMillis(7), List.of("by the test"), List.of());
        }

        @Override
        public Optional<ReconciliationReport> latest() {
            return Optional.empty();
        }
    }

    @Test
    void isMadeByOneInstanceAtATime() {
        AtomicInteger calls = new AtomicInteger();
        ApplicationContextRunner application = application(ENABLED, "reliable-mq.reconciliation.interval=1d")
                .withBean(Reconciliation.class, () -> new Counting(calls));
        application.run(one -> application.run(other -> {
            // both have read what one of them has noted, the second one after it has asked for its turn
            ListenerApplication.until(() -> gauge(one, "unknown") == 1 && gauge(other, "unknown") == 1);
            assertThat(gauge(other, "duration")).isEqualTo(0.007);
            assertThat(calls).hasValue(1);
        }));
    }

    @Test
    void saysUnknownWhenItCannotCompare(CapturedOutput output) {
        StructuredLog log = new StructuredLog("ecs");
        application(ENABLED, "reliable-mq.reconciliation.interval=100ms")
                .withBean(Stock.class)
                .run(context -> {
                    UUID lost = sent(context, "paid");
                    ListenerApplication.until(() -> gauge(context, "missing") == 1);
                    assertThat(log.events()).anySatisfy(line -> {
                        JsonNode fields = line.path("reliablemq");
                        assertThat(fields.path("event").asString("")).isEqualTo("reconciliation.gap");
                        assertThat(fields.path("group").asString()).isEqualTo("stock");
                        assertThat(fields.path("message_ids").get(0).asString()).isEqualTo(lost.toString());
                    });
                    log.close();
                    new JdbcTemplate(context.getBean(DataSource.class)).execute("DROP TABLE reliable_mq_inbox");
                    ListenerApplication.until(() -> gauge(context, "unknown") == 1);
                    // all is well only when somebody has seen it
                    assertThat(gauge(context, "missing")).isEqualTo(1);
                    assertThat(output).contains("could not be compared with what has arrived");
                });
    }

    @Test
    void isMadeOnDemandOnlyUnlessItIsEnabled() {
        application("reliable-mq.reconciliation.named=1", "reliable-mq.reconciliation.late-after=1h")
                .withBean(Stock.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(ReconciliationRounds.class);
                    sent(context, "paid");
                    sent(context, "created");
                    sent(context, "cancelled"); // the listener does not see these
                    arrived(
                            context.getBean(DataSource.class),
                            "stock",
                            sent(context, "paid"),
                            System.currentTimeMillis() + 1_800_000);
                    ReconciliationReport.Group group =
                            afterwards(context).groups().get(0);
                    assertThat(group.compared()).isEqualTo(3);
                    assertThat(group.missing()).isEqualTo(2);
                    assertThat(group.ids(Kind.MISSING)).hasSize(1);
                    assertThat(group.late()).isZero();
                });
    }

    private static ReconciliationReport afterwards(ApplicationContext context) {
        Instant now = Instant.now();
        return context.getBean(Reconciliation.class).reconcile(now.minusSeconds(3600), now.plusSeconds(3600));
    }

    @Test
    void leavesOutListenersOfWhichItCannotTell() {
        application().withBean(Keyed.class).withBean(Filtering.class).run(context -> assertThat(
                        afterwards(context).unknown())
                .hasSize(2)
                .anyMatch(reason -> reason.contains("Group keyed") && reason.contains("a key of its own"))
                .anyMatch(reason -> reason.contains("Group filtering") && reason.contains("filters by SQL")));
    }

    @Test
    void comparesWithTheInboxOfAnotherDatabase() {
        Database elsewhere = TestDatabase.H2.create();
        DataSource inbox = elsewhere.dataSource(2);
        new SchemaMigration(
                        inbox,
                        SchemaProperties.Mode.FLYWAY,
                        OwnTables.INBOX.name().toLowerCase(Locale.ROOT),
                        OwnTables.INBOX.names())
                .afterPropertiesSet();
        application("reliable-mq.listener.enabled=false")
                .withPropertyValues(new GuidePage("reconciliation.md").yaml(1))
                // not a candidate where somebody asks for a DataSource
                .withBean(
                        "warehouse",
                        DataSource.class,
                        () -> inbox,
                        definition -> definition.setAutowireCandidate(false))
                .run(context -> {
                    UUID lost = sent(context, "paid");
                    arrived(inbox, "shipping", sent(context, "paid"), System.currentTimeMillis());
                    sent(context, "created");
                    assertThat(afterwards(context).groups().get(0).ids(Kind.MISSING))
                            .containsExactly(lost);
                });
    }

    @Test
    void isWhatTheGuideShows() {
        assertThat(new GuidePage("reconciliation.md").javaMissingIn(ReconciliationRoundsTests.class))
                .isEmpty();
        application().withBean(Stock.class).run(context -> {
            UUID lost = sent(context, "paid");
            Reconciliation reconciliation = context.getBean(Reconciliation.class);
            Instant two = Instant.now().minusSeconds(3600);
            Instant three = Instant.now().plusSeconds(3600);
            StringWriter written = new StringWriter();
            PrintWriter export = new PrintWriter(written);

            ReconciliationReport report = reconciliation.reconcile(two, three);
            for (ReconciliationReport.Group group : report.groups()) {
                log.info("{} of {} applied, missing: {}", group.applied(), group.compared(), group.ids(Kind.MISSING));
            }
            report.jsonLines().forEach(export::println);

            assertThat(written.toString()).contains(lost.toString());
        });
    }

    @Test
    void refusesAnInboxThatIsNotThere() {
        application("reliable-mq.reconciliation.inbox-data-source=nowhere").run(context -> {
            FailureAnalysis analysis = StartUpTests.analysis(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("reliable-mq.reconciliation.inbox-data-source is nowhere", "there are [dataSource]");
            assertThat(analysis.getAction()).contains("Correct the property");
        });
    }

    @Test
    void refusesAGroupOfWhichNobodyKnowsTheTopic() {
        application(ENABLED, "reliable-mq.reconciliation.groups[0].name=stok")
                .withBean(Stock.class)
                .run(context -> assertThat(StartUpTests.analysis(context.getStartupFailure())
                                .getDescription())
                        .contains("names stok without a topic"));
        application(ENABLED, "reliable-mq.reconciliation.groups[0].name=stock")
                .withBean(Stock.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesWhatMakesNoSense() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "interval=0s", "interval is PT0S: it must be PT0.1S to 366d",
                        "window=0s", "window is PT0S",
                        "grace=-1s", "grace is PT-1S",
                        "late-after=-1s", "late-after is PT-1S",
                        "named=-1", "named is -1",
                        "groups[0].name=", "groups[0].name is ''")
                .entrySet()) {
            application("reliable-mq.reconciliation." + wrong.getKey()).run(context -> assertThat(
                            StartUpTests.analysis(context.getStartupFailure()).getDescription())
                    .contains("reliable-mq.reconciliation." + wrong.getValue()));
        }
    }
}
