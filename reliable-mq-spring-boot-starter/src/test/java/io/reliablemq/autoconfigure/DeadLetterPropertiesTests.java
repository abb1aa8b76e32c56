package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterHandler;
import io.reliablemq.consumer.DeadLetterListener;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Edit;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
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

/** Dead letters as the starter wires them: who is told, the mirror, the drain, the least dedup window. */
class DeadLetterPropertiesTests {

    private static final String MIRROR = "reliable-mq.listener.dead-letters.mirror-topic=dead-orders";

    private final Database database = TestDatabase.H2.create();
    private final Broker broker = new Broker();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    ListenerAutoConfiguration.class))
            .withBean(MessageReceiverFactory.class, () -> broker)
            .withUserConfiguration(Told.class)
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "reliable-mq.outbox.relay.enabled=false",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    @AfterEach
    void close() {
        database.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Told {

        final List<String> told = new CopyOnWriteArrayList<>();
        final List<Deed> deeds = new CopyOnWriteArrayList<>();
        final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
        volatile boolean mended;

        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(String order) {
            if (!mended) {
                throw new FatalListenerException("cannot handle it");
            }
        }

        @DeadLetterListener
        void anyGroup(DeadLetter letter) {
            told.add("any " + letter.key());
            throw new IllegalStateException("fails");
        }

        @DeadLetterListener(consumerGroup = "${the-group:group}")
        void thisGroup(DeadLetter letter) {
            told.add("this " + letter.key());
        }

        @DeadLetterListener(consumerGroup = "another")
        void anotherGroup(DeadLetter letter) {
            told.add("another " + letter.key());
        }

        @Bean
        DeadLetterHandler handler() {
            return letter -> told.add("bean " + letter.key());
        }

        @EventListener
        void done(Deed deed) {
            deeds.add(deed);
        }

        @EventListener
        void audited(AuditApplicationEvent event) {
            audited.add(event.getAuditEvent());
        }
    }

    @Test
    void tellsEveryHandlerOnceAndOperatorsDeedsAsEvents() {
        application.run(context -> {
            broker.publish("orders", "m1");
            awaitLetter(context, "m1");
            Told told = context.getBean(Told.class);
            await().until(() -> told.told.size() == 3);
            assertThat(told.told).containsExactlyInAnyOrder("any m1", "this m1", "bean m1");
            DeadLetters letters = context.getBean(DeadLetters.class);
            String id = letters.list(Letters.all(), null, 1).get(0).id();
            told.mended = true;

            letters.replay(id, Action.by("alice", "mended"));

            assertThat(told.deeds).extracting(Deed::letterId).containsExactly(id);
            assertThat(told.audited).singleElement().satisfies(event -> {
                assertThat(event.getType()).isEqualTo("DEAD_LETTER_REPLAY");
                assertThat(event.getPrincipal()).isEqualTo("alice");
                assertThat(event.getData()).containsEntry("reason", "mended").containsEntry("letter", id);
            });
        });
    }

    @Test
    void worksWithoutSpringBootsActuatorToo() {
        application
                .withClassLoader(new FilteredClassLoader(AuditApplicationEvent.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(DeadLetterAuditEvents.class));
    }

    @Test
    void mirrorsALetterThroughTheOutboxOnlyWhenAMirrorTopicIsSet() {
        application.run(context -> {
            broker.publish("orders", "m1");
            awaitLetter(context, "m1");
            assertThat(mirrored(context)).isEmpty();
        });
        application.withPropertyValues(MIRROR).run(context -> {
            broker.publish("orders", "m2", Map.of("region", "eu"));
            awaitLetter(context, "m2");
            assertThat(mirrored(context)).singleElement().satisfies(row -> {
                assertThat(row.get("TOPIC")).isEqualTo("dead-orders");
                assertThat(row.get("HEADERS").toString()).contains("region", "dead_letter_group");
            });
        });
    }

    @Test
    void aMirrorGoesThroughTheOutboxAlsoWhereOtherMessagesDoNot() {
        application.withPropertyValues(MIRROR, "reliable-mq.outbox.mode=direct").run(context -> {
            broker.publish("orders", "m1");
            awaitLetter(context, "m1");
            assertThat(mirrored(context)).hasSize(1);
        });
    }

    @Test
    void aLetterIsKeptWhenItsMirrorIsRefused() {
        application.withPropertyValues(MIRROR).run(context -> {
            broker.publish("orders", "m1", Map.of("odd\nname", "odd\u0001value"));
            awaitLetter(context, "m1");
            assertThat(mirrored(context))
                    .as("without the odd header")
                    .singleElement()
                    .satisfies(row -> assertThat(row.get("HEADERS").toString()).doesNotContain("odd"));
        });
    }

    @Test
    void aMirrorNeedsAnOutbox() {
        application
                .withPropertyValues(MIRROR, "reliable-mq.outbox.enabled=false")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("mirrored to topic dead-orders, and there is no outbox"));
    }

    /** Beside the listener that has the application's mirror. */
    @Configuration(proxyBeanMethods = false)
    static class OwnMirrors {

        @IdempotentListener(topic = "refunds", consumerGroup = "own", mirrorTopic = "dead-refunds")
        void own(String order) {
            throw new FatalListenerException("cannot handle it");
        }

        @IdempotentListener(topic = "invoices", consumerGroup = "none", mirrorTopic = "${invoices.mirror:none}")
        void none(String order) {
            throw new FatalListenerException("cannot handle it");
        }
    }

    @Test
    void aListenerMayHaveAMirrorOfItsOwnOrNone() {
        application
                .withUserConfiguration(OwnMirrors.class)
                .withPropertyValues(MIRROR)
                .run(context -> {
                    broker.publish("invoices", "m1");
                    awaitLetter(context, "m1");
                    broker.publish("refunds", "m2");
                    awaitLetter(context, "m2");
                    broker.publish("orders", "m3");
                    awaitLetter(context, "m3");
                    assertThat(mirrored(context))
                            .extracting(row -> row.get("TOPIC"))
                            .containsExactlyInAnyOrder("dead-refunds", "dead-orders");
                });
    }

    @Test
    void aMirrorOfOneListenerNeedsAnOutboxToo() {
        application
                .withUserConfiguration(OwnMirrors.class)
                .withPropertyValues("reliable-mq.outbox.enabled=false")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("mirrored to topic dead-refunds, and there is no outbox"));
    }

    @Test
    void aListenerDoesNotGetItsOwnDeadLetters() {
        application
                .withUserConfiguration(OwnMirrors.class)
                .withPropertyValues("invoices.mirror=invoices")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("mirrored to topic invoices, which it consumes"));
    }

    @Test
    void countsWhatOperatorsDo() throws IOException {
        MeterRegistry meters = new SimpleMeterRegistry();
        application
                .withConfiguration(AutoConfigurations.of(ReliableMqMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> meters)
                .run(context -> {
                    for (String id : List.of("m1", "m2", "m3", "m4")) {
                        broker.publish("orders", id);
                        awaitLetter(context, id);
                    }
                    DeadLetters letters = context.getBean(DeadLetters.class);
                    String id = letters.list(Letters.all(), null, 1).get(0).id();
                    Action action = Action.by("alice", "by the test");
                    letters.replay(id, action.asDryRun());
                    letters.replay(id, action);
                    letters.edit(id, Edit.nothing().headers(Map.of()), action);
                    letters.discard(id, action);
                    letters.discard(id, action);
                    context.getBean(Told.class).mended = true;
                    letters.replay(Letters.all(), new Pace(2, 1000), action);
                    letters.discard(Letters.all(), new Pace(10, 1000), action);
                });

        assertThat(operations(meters, "replay", "failed")).isEqualTo(1);
        assertThat(operations(meters, "replay", "done")).isEqualTo(1);
        assertThat(operations(meters, "edit", "done")).isEqualTo(1);
        assertThat(operations(meters, "discard", "done")).isEqualTo(2);
        assertThat(operations(meters, "discard", "nothing")).isEqualTo(1);
        String letters = "reliable.mq.listener.dead.letter.operations.letters";
        assertThat(meters.get(letters).tag("operation", "replay").counter().count())
                .isEqualTo(2);
        assertThat(meters.get(letters).tag("operation", "discard").counter().count())
                .isEqualTo(2);
        assertThat(Files.readString(Path.of("../docs/observing.md")))
                .contains("| `" + letters + "` | counter |")
                .contains("| `reliable.mq.listener.dead.letter.operations` | counter |");
    }

    private static double operations(MeterRegistry meters, String operation, String outcome) {
        return meters.get("reliable.mq.listener.dead.letter.operations")
                .tags("operation", operation, "outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void drainsWhatTheBrokerGaveUpOnlyWhenToldSo() {
        application.run(
                context -> await().untilAsserted(() -> assertThat(broker.opened).containsOnlyKeys("orders")));
        broker.opened.clear();
        application
                .withPropertyValues("reliable-mq.listener.dead-letters.drain-broker=true")
                .run(context -> {
                    broker.publish("%DLQ%group", "m1");
                    awaitLetter(context, "m1");
                    DeadLetter letter = context.getBean(DeadLetters.class)
                            .list(Letters.ofGroup("group"), null, 1)
                            .get(0);
                    assertThat(letter.reason()).isEqualTo(DeadLetterReason.BROKER_DLQ);
                    assertThat(letter.topic()).isEqualTo("orders");
                    assertThat(context.getBean(ListenerRegistry.class)
                                    .status("group-dead-letters")
                                    .consumerGroup())
                            .isEqualTo("group-drain");
                    await().until(() -> broker.acknowledged.contains("m1"));
                });
    }

    /** The topic appears with the first message in it. */
    @Test
    void aDrainThatWaitsForItsTopicDegradesNothingAndAListenerThatWaitsDoes() throws IOException {
        broker.missing.add("%DLQ%group");
        try (ServerSocket reachable = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            application
                    .withPropertyValues(
                            "reliable-mq.listener.dead-letters.drain-broker=true",
                            "reliable-mq.listener.outage-backoff=10ms",
                            "reliable-mq.rocketmq.endpoints=127.0.0.1:" + reachable.getLocalPort())
                    .run(context -> {
                        ListenerRegistry listeners = context.getBean(ListenerRegistry.class);
                        ReliableMqHealthIndicator health = new ReliableMqHealthIndicator(
                                context.getBean(RocketMqConnection.class), null, listeners, null);
                        await().until(() -> listeners.status("group").state() == ListenerStatus.State.RUNNING);
                        await().until(() ->
                                listeners.status("group-dead-letters").state()
                                        == ListenerStatus.State.WAITING_FOR_BROKER);
                        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                        assertThat(health.health().getDetails().toString()).contains("no topic %DLQ%group");

                        broker.missing.clear();
                        await().until(() ->
                                listeners.status("group-dead-letters").state() == ListenerStatus.State.RUNNING);
                        listeners.stop("group");
                        broker.missing.add("orders");
                        listeners.start("group");
                        await().until(() ->
                                listeners.status("group").state() == ListenerStatus.State.WAITING_FOR_BROKER);
                        assertThat(health.health().getStatus()).isEqualTo(ReliableMqHealthIndicator.DEGRADED);
                    });
        }
    }

    @Test
    void aDedupWindowThatDoesNotSpanTheBrokersRetentionIsRefused() {
        application
                .withPropertyValues("reliable-mq.listener.broker-retention=7d")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("dedup window of listener 'group'")
                        .hasStackTraceContaining("the broker's retention PT168H"));
        application
                .withPropertyValues("reliable-mq.listener.broker-retention=7d", "reliable-mq.listener.dedup-window=8d")
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static void awaitLetter(AssertableApplicationContext context, String key) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> context.getBean(DeadLetters.class).list(Letters.all(), null, 10).stream()
                        .anyMatch(letter -> letter.key().equals(key)));
    }

    private static List<Map<String, Object>> mirrored(AssertableApplicationContext context) {
        return new JdbcTemplate(context.getBean(DataSource.class))
                .queryForList("select topic, headers from reliable_mq_outbox");
    }

    /** Topics in memory, each message handed out once. */
    private static final class Broker implements MessageReceiverFactory {

        private final Map<String, BlockingQueue<ReceivedMessage>> topics = new ConcurrentHashMap<>();
        private final Map<String, Subscription> opened = new ConcurrentHashMap<>();
        private final List<String> acknowledged = new CopyOnWriteArrayList<>();
        private final Set<String> missing = ConcurrentHashMap.newKeySet();

        void publish(String topic, String id) {
            publish(topic, id, Map.of());
        }

        void publish(String topic, String id, Map<String, String> headers) {
            queue(topic)
                    .add(new ReceivedMessage(
                            id,
                            topic,
                            null,
                            List.of(),
                            null,
                            "text/plain",
                            id.getBytes(UTF_8),
                            headers,
                            System.currentTimeMillis(),
                            0,
                            1,
                            id));
        }

        private BlockingQueue<ReceivedMessage> queue(String topic) {
            return topics.computeIfAbsent(topic, any -> new LinkedBlockingQueue<>());
        }

        @Override
        public Optional<Subscription> deadLetters(Subscription subscription) {
            return Optional.of(new Subscription(
                    "%DLQ%" + subscription.group(), subscription.group() + "-drain", "*", false, false));
        }

        @Override
        public MessageReceiver open(Subscription subscription) {
            if (missing.contains(subscription.topic())) {
                throw new ReceiverUnavailableException("no topic " + subscription.topic(), null);
            }
            opened.put(subscription.topic(), subscription);
            return new Receiver(queue(subscription.topic()));
        }

        private final class Receiver implements MessageReceiver {

            private final BlockingQueue<ReceivedMessage> queue;

            Receiver(BlockingQueue<ReceivedMessage> queue) {
                this.queue = queue;
            }

            @Override
            public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
                List<ReceivedMessage> received = new ArrayList<>();
                ReceivedMessage first = queue.poll(20, TimeUnit.MILLISECONDS);
                if (first != null) {
                    received.add(first);
                    queue.drainTo(received, max - 1);
                }
                return received;
            }

            @Override
            public CompletionStage<Void> acknowledge(ReceivedMessage message) {
                acknowledged.add(message.id());
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
                queue.add(message);
                return CompletableFuture.completedFuture(message);
            }

            @Override
            public void close() {}
        }
    }
}
