package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ListenerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.Findings;
import io.reliablemq.outbox.Outbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The doctor inside an application. */
@ExtendWith(OutputCaptureExtension.class)
class DoctorTests {

    private static final String NOBODY = "reliable-mq.rocketmq.endpoints=127.0.0.1:1";
    private static final String REFUSE = "reliable-mq.doctor.on-failure=refuse";
    private static final String OFTEN = "reliable-mq.doctor.interval=100ms";

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private ApplicationContextRunner application(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        EmbeddedBrokerAutoConfiguration.class,
                        RocketMqAutoConfiguration.class,
                        ReliableMqMetricsAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        ListenerAutoConfiguration.class,
                        ReliableMqDoctorAutoConfiguration.class,
                        ReliableMqHealthAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues(
                        "spring.datasource.url=jdbc:h2:file:" + folder.resolve("data") + ";WRITE_DELAY=0",
                        "spring.datasource.username=sa")
                .withPropertyValues(properties);
    }

    static class Stock {

        @IdempotentListener(topic = "orders", consumerGroup = "stock")
        void on(String order) {}
    }

    @Test
    void hasNothingToSayAboutAnApplicationAsItShouldBe(CapturedOutput output) {
        application(
                        "reliable-mq.broker.embedded.enabled=true",
                        "reliable-mq.broker.embedded.data-directory=" + folder.resolve("broker"),
                        "reliable-mq.broker.embedded.topics[0].name=orders",
                        REFUSE)
                .withBean(Stock.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    sends(context);
                    Findings findings = context.getBean(Doctor.class).examine();
                    assertThat(findings.notOk()).isEmpty();
                    assertThat(findings.all())
                            .extracting(Finding::rule)
                            .contains(
                                    "flush-disk",
                                    "database-durability",
                                    "database-tables",
                                    "topic",
                                    "group",
                                    "dedup-window",
                                    "relay-lease");
                    assertThat(health(context).getDetails().get("doctor").toString())
                            .contains(findings.summary());
                });
        assertThat(output)
                .contains(
                        "Guarantees in force: a commit is on the disk of H2", "an acknowledged message is on one disk")
                .doesNotContain("WARN flush-disk", "FAIL ");
    }

    private static void sends(ApplicationContext context) {
        context.getBean(TransactionTemplate.class)
                .executeWithoutResult(status -> context.getBean(Outbox.class).send("orders", "text"));
        JdbcTemplate jdbc = jdbc(context);
        until(() -> jdbc.queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox_topic", Integer.class) == 1);
    }

    @Test
    void wantsMoreCopiesThanOneBrokerHas() {
        try (EmbeddedBroker broker = broker()) {
            application(
                            "reliable-mq.rocketmq.endpoints=" + broker.endpoints(),
                            "reliable-mq.rocketmq.name-server=" + broker.nameServer(),
                            REFUSE)
                    .run(context -> {
                        FailureAnalysis analysis = StartUpTests.analysis(context.getStartupFailure());
                        assertThat(analysis.getDescription())
                                .contains(
                                        "FAIL    broker-role",
                                        "brokerRole=ASYNC_MASTER",
                                        "-> Set brokerRole=SYNC_MASTER")
                                .contains("FAIL    in-sync-replicas", "inSyncReplicas=1")
                                .doesNotContain("OK ", "replica-lag");
                        assertThat(analysis.getAction()).contains("reliable-mq.doctor.on-failure=warn");
                    });
            application(
                            "reliable-mq.rocketmq.endpoints=" + broker.endpoints(),
                            "reliable-mq.rocketmq.name-server=" + broker.nameServer(),
                            "reliable-mq.doctor.copies=1",
                            "reliable-mq.doctor.figures-interval=100ms",
                            REFUSE)
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        MeterRegistry meters = context.getBean(MeterRegistry.class);
                        until(() -> meters.find("reliable.mq.broker.disk.used").gauge() != null);
                    });
            application(
                            "reliable-mq.rocketmq.endpoints=" + broker.endpoints(),
                            "reliable-mq.rocketmq.name-server=" + broker.nameServer(),
                            "reliable-mq.doctor.cluster=elsewhere")
                    .run(context -> assertThat(
                                    context.getBean(Doctor.class).examine().notOk())
                            .anySatisfy(finding -> {
                                assertThat(finding.rule()).isEqualTo("cluster");
                                assertThat(finding.remedy()).contains("reliable-mq.doctor.cluster");
                            }));
        }
    }

    private EmbeddedBroker broker() {
        return EmbeddedBroker.start(EmbeddedBrokerSettings.in(folder.resolve("broker"))
                .withTopics(new TopicDeclaration("orders", TopicType.NORMAL, 1)));
    }

    @Test
    void saysEachThingOnceAndAgainWhenItChanges(CapturedOutput output) {
        application(NOBODY, OFTEN).run(context -> {
            Doctor doctor = context.getBean(Doctor.class);
            rounds(doctor, 2);
            assertThat(output.toString().split("UNKNOWN cluster", -1)).hasSize(2);

            JdbcTemplate jdbc = jdbc(context);
            jdbc.execute("DROP INDEX reliable_mq_outbox_due_move");
            until(() -> output.toString().contains("FAIL database-tables"));
            assertThat(output).contains("missing: index reliable_mq_outbox_due_move");
            assertThat(health(context).getStatus()).isEqualTo(ReliableMqHealthIndicator.DEGRADED);
            assertThat(health(context).getStatus().getDescription()).contains("The doctor has found");
            assertThat(health(context).getDetails().get("doctor").toString()).contains("FAIL database-tables");
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            until(() -> meters.find("reliable.mq.doctor.findings")
                            .tags("rule", "database-tables", "status", "fail")
                            .gauge()
                    != null);

            jdbc.execute("CREATE INDEX reliable_mq_outbox_due_move ON reliable_mq_outbox_due (move_at_ms)");
            until(() -> output.toString().contains("Now OK, database-tables"));
            rounds(doctor, 2);
            assertThat(health(context).getStatus().getDescription()).contains("nothing is lost");
            assertThat(output.toString().split("FAIL database-tables", -1)).hasSize(2);
            assertThat(meters.find("reliable.mq.doctor.findings").gauges())
                    .filteredOn(gauge -> "database-tables".equals(gauge.getId().getTag("rule")))
                    .extracting(gauge -> gauge.getId().getTag("status"), gauge -> gauge.value())
                    .containsExactly(tuple("ok", 1.0));
        });
    }

    private static void rounds(Doctor doctor, int count) {
        for (int i = 0; i < count; i++) {
            Findings before = doctor.latest().orElse(null);
            until(() -> doctor.latest().orElse(null) != before);
        }
    }

    @Test
    void refusesTablesThatAreNotWhole() {
        application(NOBODY).run(context -> jdbc(context).execute("DROP INDEX reliable_mq_inbox_age"));
        application(NOBODY, REFUSE).run(context -> assertThat(
                        StartUpTests.analysis(context.getStartupFailure()).getDescription())
                .contains("FAIL    database-tables", "index reliable_mq_inbox_age"));
        application(NOBODY).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void neverRefusesForWhatCannotBeSeen() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            application(
                            NOBODY,
                            REFUSE,
                            "reliable-mq.rocketmq.name-server=127.0.0.1:" + silent.getLocalPort(),
                            "reliable-mq.doctor.timeout=300ms")
                    .run(context -> assertThat(latest(context))
                            .extracting(Finding::rule, Finding::status)
                            .containsExactly(tuple("cluster", Status.UNKNOWN)));
        }
    }

    private static List<Finding> latest(AssertableApplicationContext context) {
        return context.getBean(Doctor.class).latest().orElseThrow().notOk();
    }

    /** Nobody waits for this one: it would wait for ever. */
    @Test
    void doesNotHoldUpTheStartUnlessItIsToRefuse() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            application(
                            NOBODY,
                            "reliable-mq.rocketmq.name-server=127.0.0.1:" + silent.getLocalPort(),
                            "reliable-mq.doctor.timeout=1d")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(context.getBean(Doctor.class).latest()).isEmpty();
                    });
        }
    }

    @Test
    void canBeSwitchedOff() {
        application(NOBODY, "reliable-mq.doctor.enabled=false").run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(Doctor.class).doesNotHaveBean(DoctorRounds.class);
            assertThat(health(context).getDetails()).doesNotContainKey("doctor");
        });
    }

    @Test
    void refusesTimesAndCopiesThatMakeNoSense() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "interval=0s", "reliable-mq.doctor.interval is PT0S",
                        "figures-interval=50ms", "reliable-mq.doctor.figures-interval is PT0.05S",
                        "timeout=2d", "reliable-mq.doctor.timeout is PT48H",
                        "copies=0", "reliable-mq.doctor.copies is 0")
                .entrySet()) {
            application(NOBODY, "reliable-mq.doctor." + wrong.getKey()).run(context -> assertThat(
                            StartUpTests.analysis(context.getStartupFailure()).getDescription())
                    .contains(wrong.getValue()));
        }
    }

    private static JdbcTemplate jdbc(ApplicationContext context) {
        return new JdbcTemplate(context.getBean(DataSource.class));
    }

    private static Health health(ApplicationContext context) {
        return context.getBean(HealthIndicator.class).health();
    }
}
