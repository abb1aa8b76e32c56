package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a mistake in the configuration says, and that everything can be switched off. */
@ExtendWith(OutputCaptureExtension.class)
class StartUpTests {

    private static final String NOBODY = "reliable-mq.rocketmq.endpoints=127.0.0.1:1";

    private final Database database = TestDatabase.H2.create();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    EmbeddedBrokerAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    ListenerAutoConfiguration.class,
                    ReliableMqHealthAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    @Test
    void withoutABrokerItSaysWhichTwoPropertiesThereAre() {
        application.run(
                context -> assertThat(analysis(context.getStartupFailure()).getAction())
                        .contains("reliable-mq.broker.embedded.enabled=true", "reliable-mq.rocketmq.endpoints"));
    }

    @Test
    void withAnEmbeddedBrokerThatIsNotThereItNamesTheDependency() {
        application
                .withClassLoader(new FilteredClassLoader(EmbeddedBroker.class.getPackageName()))
                .withPropertyValues("reliable-mq.broker.embedded.enabled=true")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getAction())
                        .contains("io.reliablemq:reliable-mq-broker-embedded"));
    }

    @Test
    void withAnEmbeddedBrokerThatIsConfiguredWronglyItShowsTheValue() {
        application
                .withPropertyValues(
                        "reliable-mq.broker.embedded.enabled=true",
                        "reliable-mq.broker.embedded.disk-space-warning-level-ratio=97")
                .run(context -> {
                    FailureAnalysis analysis = analysis(context.getStartupFailure());
                    assertThat(analysis.getDescription()).contains("diskSpaceWarningLevelRatio is 97: use 35 to 90");
                    assertThat(analysis.getAction()).contains("reliable-mq.broker.embedded");
                });
    }

    @Test
    void withADataDirectoryThatCannotBeMadeItSaysSo(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("a-file"));
        application
                .withPropertyValues(
                        "reliable-mq.broker.embedded.enabled=true",
                        "reliable-mq.broker.embedded.data-directory=" + file.resolve("data"))
                .run(context -> {
                    FailureAnalysis analysis = analysis(context.getStartupFailure());
                    assertThat(analysis.getDescription()).contains(file + "/data' cannot be written");
                    assertThat(analysis.getAction()).contains("reliable-mq.broker.embedded.data-directory");
                });
    }

    @Test
    void withATakenPortItNamesThePort(@TempDir Path folder) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            application
                    .withPropertyValues(
                            "reliable-mq.broker.embedded.enabled=true",
                            "reliable-mq.broker.embedded.data-directory=" + folder,
                            "reliable-mq.broker.embedded.port=" + taken.getLocalPort())
                    .run(context -> {
                        FailureAnalysis analysis = analysis(context.getStartupFailure());
                        assertThat(analysis.getDescription())
                                .contains("port " + taken.getLocalPort() + " of the gRPC proxy is taken");
                        assertThat(analysis.getAction()).contains(".port");
                    });
        }
    }

    @Test
    void withAMalformedEndpointItShowsTheValue() {
        application
                .withPropertyValues("reliable-mq.rocketmq.endpoints=http://broker")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("http://broker"));
    }

    @Test
    void withoutTablesItNamesTheScripts() {
        application
                .withPropertyValues(NOBODY, "reliable-mq.schema.mode=validate", "reliable-mq.listener.enabled=false")
                .run(context -> {
                    FailureAnalysis analysis = analysis(context.getStartupFailure());
                    assertThat(analysis.getDescription()).contains("reliable_mq_outbox is missing");
                    assertThat(analysis.getAction()).contains("db/reliable-mq/outbox/h2");
                });
    }

    @Test
    void withSchemaModeNoneItNeitherMakesTablesNorMissesThem() {
        JdbcTemplate jdbc = new JdbcTemplate(database.dataSource(1));
        application
                .withPropertyValues(NOBODY, "reliable-mq.schema.mode=none", "reliable-mq.outbox.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(jdbc.queryForList("SHOW TABLES")).isEmpty();

        application.withPropertyValues(NOBODY).run(context -> assertThat(context)
                .hasNotFailed());
        jdbc.execute("DROP TABLE reliable_mq_outbox_audit");
        application
                .withPropertyValues(NOBODY, "reliable-mq.schema.mode=validate")
                .run(context -> assertThat(context).hasFailed());
        application.withPropertyValues(NOBODY, "reliable-mq.schema.mode=none").run(context -> assertThat(context)
                .hasNotFailed());
    }

    @Test
    void withAnotherLaneCountThanTheDatabaseItUsesThatAndSaysHowToChangeIt(CapturedOutput output) {
        application.withPropertyValues(NOBODY).run(context -> assertThat(context)
                .hasNotFailed());
        assertThat(output).doesNotContain("changeLanes");
        application
                .withPropertyValues(NOBODY, "reliable-mq.outbox.relay.lanes=8")
                .run(context -> assertThat(
                                context.getBean(CurrentLayout.class).get().lanes())
                        .isEqualTo(16));
        assertThat(output)
                .contains("reliable-mq.outbox.relay.lanes is 8, but the database has 16 lanes", "changeLanes(8, ...)");
        application
                .withPropertyValues(NOBODY, "reliable-mq.outbox.relay.lanes=0")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getAction())
                        .contains("reliable-mq.outbox.relay.lanes"));
    }

    @Test
    void aWebNodeRunsNeitherRelayNorListeners() {
        application
                .withPropertyValues(
                        NOBODY, "reliable-mq.outbox.relay.enabled=false", "reliable-mq.listener.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(Outbox.class)
                        .doesNotHaveBean(OutboxRelay.class)
                        .doesNotHaveBean(ListenerRegistry.class));
    }

    @Test
    void withAHandOverTimeThatTheBrokerRefusesItNamesBothProperties() {
        application
                .withPropertyValues(NOBODY, "reliable-mq.outbox.hand-over=2d")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getAction())
                        .contains("reliable-mq.outbox.hand-over", "reliable-mq.outbox.max-delay"));
        application
                .withPropertyValues(NOBODY, "reliable-mq.outbox.hand-over=1s")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("PT1S", "at least 2s"));
    }

    @Test
    void withAnImpossibleAdmissionLimitItNamesTheProperty() {
        application
                .withPropertyValues(NOBODY, "reliable-mq.outbox.admission.max-rows=0")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("reliable-mq.outbox.admission.max-rows is 0"));
    }

    @ParameterizedTest
    @CsvSource({
        "max-in-flight=0, reliable-mq.direct.max-in-flight is 0",
        "max-bytes=1MB, reliable-mq.direct.max-bytes is 1048576 bytes",
        "max-attempts=0, reliable-mq.direct.max-attempts is 0",
        "timeout=0s, reliable-mq.direct.timeout is PT0S",
        "retry-initial=5s, reliable-mq.direct.retry-initial is PT5S and reliable-mq.direct.retry-max is PT2S",
        "shutdown-timeout=2h, reliable-mq.direct.shutdown-timeout is PT2H"
    })
    void withAnImpossibleLimitForDirectSendsItNamesTheProperty(String property, String problem) {
        application.withPropertyValues(NOBODY, "reliable-mq.direct." + property).run(context -> assertThat(
                        analysis(context.getStartupFailure()).getDescription())
                .contains(problem));
    }

    static FailureAnalysis analysis(Throwable failure) {
        List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, (type, name, problem) -> {});
        return analyzers.stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(analysis -> analysis != null)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no failure analysis", failure));
    }
}
