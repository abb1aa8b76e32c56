package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.PayloadDecryption;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.consumer.wiring.ListenerInfrastructure;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadEncryption;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.support.TransactionTemplate;

/** What the producer side encodes, the consumer side decodes; neither knows the other. */
class EncodedPayloadTests {

    private static final String PAYLOAD = "confidential ".repeat(1000);

    private final Database database = TestDatabase.H2.create();
    private final BlockingQueue<OutgoingMessage> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<ReceivedMessage> handled = new LinkedBlockingQueue<>();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    ListenerAutoConfiguration.class))
            .withBean(MessageSender.class, () -> message -> {
                sent.add(message);
                return CompletableFuture.completedFuture(new SendOutcome.Stored());
            })
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    /** Bound to the message by its id, as a real one would be by authenticated data. */
    private static byte[] turned(byte[] payload, Object id) {
        byte[] turned = payload.clone();
        for (int i = 0; i < turned.length; i++) {
            turned[i] ^= (byte) id.toString().hashCode();
        }
        return turned;
    }

    private record Encryption(String name) implements PayloadEncryption {
        @Override
        public byte[] encrypt(OutgoingMessage message) {
            return turned(message.payload(), message.id());
        }
    }

    private record Decryption(String name) implements PayloadDecryption {
        @Override
        public byte[] decrypt(ReceivedMessage message) {
            return turned(message.payload(), String.valueOf(message.id()));
        }
    }

    @Test
    void neitherDatabaseNorBrokerHasThePayloadInClearAndTheListenerHas() {
        application
                .withPropertyValues("reliable-mq.outbox.compression.enabled=true")
                .withBean(PayloadEncryption.class, () -> new Encryption("key-7"))
                .withBean("old", PayloadDecryption.class, () -> new Decryption("key-6"))
                .withBean("new", PayloadDecryption.class, () -> new Decryption("key-7"))
                .run(context -> {
                    OutgoingMessage message = relayed(context);
                    assertThat(message.payload()).hasSizeLessThan(1000);
                    assertThat(new String(message.payload(), UTF_8)).doesNotContain("confidential");

                    assertThat(processed(context, message)).isEqualTo(ProcessingOutcome.Kind.PROCESSED);

                    ReceivedMessage received = handled.remove();
                    assertThat(new String(received.payload(), UTF_8)).isEqualTo(PAYLOAD);
                    assertThat(received.contentType()).isEqualTo("text/plain;charset=utf-8");
                });
    }

    @Test
    void sendsAsItIsUnlessTold() {
        application.run(context ->
                assertThat(new String(relayed(context).payload(), UTF_8)).isEqualTo(PAYLOAD));
    }

    @Test
    void aListenerWithoutTheKeySetsTheMessageAside() {
        application
                .withBean(PayloadEncryption.class, () -> new Encryption("key-7"))
                .run(context -> {
                    assertThat(processed(context, relayed(context))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
                    assertThat(handled).isEmpty();
                });
    }

    @Test
    void aNameThatCannotTravelKeepsTheApplicationFromStarting() {
        application
                .withBean(PayloadEncryption.class, () -> new Encryption("a+b"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ReliableMqConfigurationException.class)
                        .hasMessageContaining("a+b"));
        application
                .withBean("one", PayloadDecryption.class, () -> new Decryption("key"))
                .withBean("other", PayloadDecryption.class, () -> new Decryption("key"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ReliableMqConfigurationException.class)
                        .hasMessageContaining("Two payload decryptions"));
        application
                .withPropertyValues("reliable-mq.outbox.compression.threshold=32MB")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ReliableMqConfigurationException.class)
                        .hasMessageContaining("reliable-mq.outbox.compression.threshold"));
    }

    private OutgoingMessage relayed(ApplicationContext context) throws InterruptedException {
        context.getBean(TransactionTemplate.class)
                .executeWithoutResult(status -> context.getBean(Outbox.class).send("orders", PAYLOAD));
        OutgoingMessage message = sent.poll(30, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }

    private ProcessingOutcome.Kind processed(ApplicationContext context, OutgoingMessage message) {
        ListenerEndpoint endpoint = new ListenerEndpoint(
                "listener",
                "test",
                new Subscription("orders", "group", "*", false, false),
                new ListenerPolicy(
                        1,
                        1,
                        false,
                        false,
                        Duration.ofDays(7),
                        new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(1)),
                        List.of()),
                Call::new);
        ProcessingOutcome outcome = context.getBean(ListenerInfrastructure.class)
                .processor()
                .process(
                        endpoint,
                        new ReceivedMessage(
                                message.id().toString(),
                                message.topic(),
                                message.tag(),
                                List.of(),
                                null,
                                message.contentType(),
                                message.payload(),
                                message.headers(),
                                message.createdAtMs(),
                                0,
                                1,
                                "handle"));
        return ((ProcessingOutcome.Settled) outcome).kind();
    }

    private final class Call implements PreparedMessage {

        private final ReceivedMessage message;

        Call(ReceivedMessage message) {
            this.message = message;
        }

        @Override
        public @Nullable String key() {
            return null;
        }

        @Override
        public void handle() {
            handled.add(message);
        }
    }
}
