package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** Each meter of listeners in docs/observing.md counts what happens to messages, and no other has their prefix. */
class ListenerMetersTests {

    private static final String PREFIX = "reliable.mq.listener.";

    private final Database database = TestDatabase.H2.create();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Broker broker = new Broker();

    @AfterEach
    void close() {
        database.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Orders {

        private final Set<String> failed = ConcurrentHashMap.newKeySet();

        @IdempotentListener(topic = "orders", consumerGroup = "billing")
        void on(String order) {
            if (order.equals("hopeless")) {
                throw new FatalListenerException("as a test");
            }
            if (order.equals("slow to come") && failed.add(order)) {
                throw new IllegalStateException("as a test");
            }
        }
    }

    @Test
    void countWhatHappensToMessages() {
        broker.publish("plain");
        broker.publish("not acknowledged");
        broker.publish("slow to come");
        broker.publish("hopeless");
        listening().run(context -> {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(count("acknowledged", "group", "billing"))
                            .isEqualTo(4));
            assertThat(count("processed", "group", "billing")).isEqualTo(3);
            assertThat(count("acknowledgement.failures", "group", "billing")).isEqualTo(1);
            assertThat(count("duplicates", "group", "billing")).isEqualTo(1);
            assertThat(count("failures", "group", "billing")).isEqualTo(2);
            assertThat(count("retries", "group", "billing")).isEqualTo(1);
            assertThat(count("dead.letters", "group", "billing", "reason", "fatal"))
                    .isEqualTo(1);
        });
        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getName())
                .filteredOn(name -> name.startsWith(PREFIX))
                .containsOnlyOnceElementsOf(documented().keySet())
                .hasSameSizeAs(documented().keySet());
    }

    @Test
    void standBesideTheObserversOfTheApplicationOfWhichOneFails() {
        List<String> told = new CopyOnWriteArrayList<>();
        broker.publish("plain");
        listening()
                .withBean("failing", ListenerObserver.class, () -> new ListenerObserver() {
                    @Override
                    public void processed(ListenerEndpoint listener, Duration took) {
                        throw new IllegalStateException("as a test");
                    }

                    @Override
                    public void acknowledged(ListenerEndpoint listener, Duration latency) {
                        throw new IllegalStateException("as a test");
                    }
                })
                .withBean("telling", ListenerObserver.class, () -> new ListenerObserver() {
                    @Override
                    public void processed(ListenerEndpoint listener, Duration took) {
                        told.add("processed");
                    }

                    @Override
                    public void acknowledged(ListenerEndpoint listener, Duration latency) {
                        told.add("acknowledged");
                    }
                })
                .run(context -> {
                    await().atMost(Duration.ofSeconds(30))
                            .untilAsserted(() -> assertThat(count("acknowledged", "group", "billing"))
                                    .isEqualTo(1));
                    await().atMost(Duration.ofSeconds(30))
                            .untilAsserted(() -> assertThat(told).containsExactly("processed", "acknowledged"));
                    assertThat(count("processed", "group", "billing")).isEqualTo(1);
                });
    }

    @Test
    void areDocumentedWithTheirTypesAndReasons() throws Exception {
        assertThat(documented())
                .containsEntry(PREFIX + "processed", "timer")
                .containsEntry(PREFIX + "acknowledged", "timer")
                .containsEntry(PREFIX + "duplicates", "counter");
        String page = Files.readString(Path.of("../docs/observing.md"));
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            assertThat(page).contains(reason.name().toLowerCase(Locale.ROOT));
        }
    }

    private ApplicationContextRunner listening() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        RocketMqAutoConfiguration.class,
                        ReliableMqMetricsAutoConfiguration.class,
                        ListenerAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> meters)
                .withBean(MessageReceiverFactory.class, () -> broker)
                .withUserConfiguration(Orders.class)
                .withPropertyValues(
                        "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password());
    }

    /** Names and types of the table of listeners. */
    private static Map<String, String> documented() {
        try {
            String page = Files.readString(Path.of("../docs/observing.md"));
            String table =
                    page.split("What the listeners of this instance do:")[1].split("What operators do")[0];
            return Pattern.compile("(?m)^\\| `(reliable\\.mq\\.[a-z.]+)` \\| (counter|timer|gauge) \\|")
                    .matcher(table)
                    .results()
                    .collect(Collectors.toMap((MatchResult row) -> row.group(1), row -> row.group(2)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private double count(String name, String... tags) {
        return meters.find(PREFIX + name).tags(tags).meters().stream()
                .mapToDouble(ListenerMetersTests::count)
                .sum();
    }

    private static double count(Meter meter) {
        return meter.measure().iterator().next().getValue();
    }

    /** Hands out again what was postponed, and does not confirm the first acknowledgement of one message. */
    private static final class Broker implements MessageReceiverFactory, MessageReceiver {

        private final BlockingQueue<ReceivedMessage> messages = new LinkedBlockingQueue<>();
        private final Set<String> forgotten = ConcurrentHashMap.newKeySet();

        void publish(String id) {
            messages.add(new ReceivedMessage(
                    id,
                    "orders",
                    null,
                    List.of(),
                    null,
                    "text/plain",
                    id.getBytes(UTF_8),
                    Map.of(),
                    System.currentTimeMillis(),
                    0,
                    1,
                    id));
        }

        @Override
        public MessageReceiver open(Subscription subscription) {
            return this;
        }

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            ReceivedMessage message = messages.poll(20, TimeUnit.MILLISECONDS);
            return message == null ? List.of() : List.of(message);
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            if (message.id().equals("not acknowledged") && forgotten.add(message.id())) {
                messages.add(message);
                return CompletableFuture.failedStage(new IllegalStateException("as a test"));
            }
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration delay) {
            messages.add(message);
            return CompletableFuture.completedStage(message);
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    }
}
