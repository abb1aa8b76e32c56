package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.autoconfigure.EndpointApplication.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What platforms and people ask over HTTP: alive, ready, healthy, and what is promised. */
@ExtendWith(OutputCaptureExtension.class)
class HealthAndInfoTests {

    private static final String DETAILS = "management.endpoint.health.show-details=always";

    /** A restart would not bring the broker back, and without it the application can still do its work. */
    @Test
    void aBrokerThatIsAwayNeitherRestartsTheApplicationNorTakesItOutOfService() {
        try (EndpointApplication application = new EndpointApplication(DETAILS)) {
            application.broker.away = true;

            Reply health = application.get("/health");
            assertThat(health.body().at("/status").asString()).isEqualTo("DEGRADED");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.body()
                            .at("/components/reliableMq/details/broker/reachable")
                            .asBoolean(true))
                    .isFalse();
            assertIsUp(application, "liveness");
            assertIsUp(application, "readiness");
        }
    }

    @Test
    void aDatabaseThatIsAwayDoesNotRestartTheApplicationEither() {
        try (EndpointApplication application = new EndpointApplication(DETAILS)) {
            application.observer().execute("SHUTDOWN IMMEDIATELY");

            assertThat(application.get("/health").status()).isEqualTo(503);
            assertIsUp(application, "liveness");
            assertIsUp(application, "readiness");
        }
    }

    private static void assertIsUp(EndpointApplication application, String probe) {
        Reply reply = application.get("/health/" + probe);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.body().at("/status").asString()).isEqualTo("UP");
    }

    @Test
    void aBrokerThatIsAwayTakesItOutOfServiceWhereThatIsWanted() {
        try (EndpointApplication application = new EndpointApplication(new GuidePage("observing.md").yaml(0))) {
            Reply readiness = application.get("/health/readiness");
            assertThat(readiness.status()).as(readiness.text()).isEqualTo(503);
            assertThat(readiness.body().at("/status").asString()).isEqualTo("DEGRADED");
            assertIsUp(application, "liveness");
        }
    }

    @Test
    void infoTellsWhatIsPromisedAndByWhatButNoAddress() {
        try (EndpointApplication application = new EndpointApplication(
                "reliable-mq.rocketmq.secret-key=the-secret-key", "reliable-mq.rocketmq.access-key=the-access-key")) {
            Reply info = application.get("/info");

            assertThat(info.body().at("/reliablemq/version").asString()).isEqualTo("development");
            assertThat(info.body().at("/reliablemq/database").asString()).startsWith("H2 2.");
            assertThat(info.body().at("/reliablemq/outbox/lanes").asInt()).isEqualTo(16);
            assertThat(info.body().at("/reliablemq/outbox/relays").asBoolean(true))
                    .isFalse();
            assertThat(info.body().at("/reliablemq/outbox/retention").asString())
                    .isEqualTo("PT168H");
            assertThat(info.body().at("/reliablemq/listeners/0/consumerGroup").asString())
                    .isEqualTo("group");
            assertThat(info.body().at("/reliablemq/guarantees").valueStream().map(one -> one.asString()))
                    .anyMatch(one ->
                            one.startsWith("a message of the outbox is sent if and only if its transaction commits"))
                    .anyMatch(one -> one.equals("listener group applies each message of orders once within PT168H"))
                    .anyMatch(one -> one.startsWith("sent messages are kept for PT168H"))
                    .anyMatch(one -> one.startsWith("this instance only writes"));
            assertThat(info.text())
                    .doesNotContain(
                            "127.0.0.1", "jdbc:", application.database.jdbcUrl(), "the-secret-key", "the-access-key");
        }
    }

    @Test
    void infoLeavesOutADatabaseThatIsAway() {
        try (EndpointApplication application = new EndpointApplication()) {
            application.observer().execute("SHUTDOWN IMMEDIATELY");
            Reply info = application.get("/info");
            assertThat(info.status()).isEqualTo(200);
            assertThat(info.body().at("/reliablemq/database").isMissingNode()).isTrue();
            assertThat(info.body().at("/reliablemq/guarantees").size()).isGreaterThan(2);
        }
    }

    @Test
    void oneLineAtTheStartSaysWhatIsPromised(CapturedOutput output) {
        try (EndpointApplication application = new EndpointApplication("reliable-mq.doctor.enabled=false")) {
            assertThat(application.get("/health").status()).isEqualTo(200);
        }
        List<String> lines = output.toString()
                .lines()
                .filter(line -> line.contains("Reliable MQ development promises: "))
                .toList();
        assertThat(lines)
                .singleElement()
                .asString()
                .contains(
                        "listener group applies each message of orders once",
                        "nobody looks whether broker and database");
    }

    @Test
    void infoCanBeSwitchedOffAndNeedsNoActuator() {
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(RocketMqAutoConfiguration.class, ReliableMqInfoAutoConfiguration.class))
                .withPropertyValues("reliable-mq.rocketmq.endpoints=127.0.0.1:1");
        application.run(context -> assertThat(context).hasSingleBean(InfoContributor.class));
        application
                .withPropertyValues("management.info.reliablemq.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(InfoContributor.class));
        application
                .withClassLoader(new FilteredClassLoader(InfoContributor.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(GuaranteesAtStartup.class));
    }
}
