package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.remoting.RemotingConnection;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Which client is used, and what it needs. */
class RemotingPropertiesTests {

    private static final String REMOTING = "reliable-mq.rocketmq.client=remoting";
    private static final String NOBODY = "reliable-mq.rocketmq.name-server=127.0.0.1:1";

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(EmbeddedBrokerAutoConfiguration.class, RocketMqAutoConfiguration.class));

    @Test
    void theClientIsGrpcUnlessItIsToBeRemoting() {
        application
                .withPropertyValues("reliable-mq.rocketmq.endpoints=127.0.0.1:1")
                .run(context -> assertThat(context).hasSingleBean(RocketMqConnection.class));
        application.withPropertyValues(REMOTING, NOBODY).run(context -> assertThat(context)
                .hasSingleBean(RemotingConnection.class)
                .doesNotHaveBean(RocketMqConnection.class));
    }

    @Test
    void eachClientWorksWithoutTheOtherOnTheClassPath() {
        application
                .withClassLoader(
                        new FilteredClassLoader("io.reliablemq.rocketmq.remoting", "org.apache.rocketmq.remoting"))
                .withPropertyValues("reliable-mq.rocketmq.endpoints=127.0.0.1:1")
                .run(context -> assertThat(context).hasSingleBean(RocketMqTransport.class));
        application
                .withClassLoader(new FilteredClassLoader(RocketMqConnection.class))
                .withPropertyValues(REMOTING, NOBODY)
                .run(context -> assertThat(context).hasSingleBean(RocketMqTransport.class));
    }

    @Test
    void withoutItsModuleRemotingIsAStartUpErrorThatSaysWhatToAdd() {
        application
                .withClassLoader(new FilteredClassLoader(RemotingConnection.class))
                .withPropertyValues(REMOTING, NOBODY)
                .run(context -> assertThat(analysed(context.getStartupFailure()).getAction())
                        .contains("io.reliablemq:reliable-mq-rocketmq-remoting"));
    }

    @Test
    void withoutItsModuleGrpcIsAStartUpErrorThatSaysWhatToAdd() {
        application
                .withClassLoader(new FilteredClassLoader(RocketMqConnection.class))
                .withPropertyValues("reliable-mq.rocketmq.endpoints=127.0.0.1:1")
                .run(context -> assertThat(analysed(context.getStartupFailure()).getAction())
                        .contains("io.reliablemq:reliable-mq-rocketmq "));
    }

    @Test
    void withoutNameServersRemotingIsAStartUpErrorThatSaysWhatToSet() {
        application
                .withPropertyValues(REMOTING, "reliable-mq.rocketmq.endpoints=127.0.0.1:1")
                .run(context -> assertThat(analysed(context.getStartupFailure()).getAction())
                        .contains("reliable-mq.rocketmq.name-server"));
    }

    @Test
    void aValueThatCannotBeIsAStartUpErrorThatNamesIt() {
        application
                .withPropertyValues(REMOTING, NOBODY, "reliable-mq.rocketmq.remoting.batch.in-flight=0")
                .run(context -> assertThat(analysed(context.getStartupFailure()).getDescription())
                        .contains("batch.in-flight is 0"));
    }

    private static FailureAnalysis analysed(Throwable failure) {
        assertThat(failure).isNotNull();
        return new ReliableMqConfigurationFailureAnalyzer().analyze(failure);
    }

    @Test
    void theEmbeddedBrokerNamesItsNameServer(@TempDir(cleanup = CleanupMode.NEVER) Path folder) {
        application
                .withPropertyValues(
                        REMOTING,
                        "reliable-mq.broker.embedded.enabled=true",
                        "reliable-mq.broker.embedded.data-directory=" + folder.resolve("data"),
                        "reliable-mq.broker.embedded.topics[0].name=plain",
                        "reliable-mq.rocketmq.request-timeout=15s")
                .run(context -> {
                    assertThat(context.getBean(RocketMqTransport.class).status().endpoints())
                            .isEqualTo(context.getBean(EmbeddedBroker.class).nameServer());
                    assertThat(context.getBean(MessageSender.class)
                                    .send(message())
                                    .toCompletableFuture()
                                    .get(60, TimeUnit.SECONDS))
                            .isInstanceOf(SendOutcome.Stored.class);
                });
    }

    private static OutgoingMessage message() {
        return new OutgoingMessage(
                UUID.randomUUID(),
                "plain",
                null,
                null,
                null,
                "text/plain",
                "text".getBytes(UTF_8),
                Map.of(),
                System.currentTimeMillis(),
                0);
    }
}
