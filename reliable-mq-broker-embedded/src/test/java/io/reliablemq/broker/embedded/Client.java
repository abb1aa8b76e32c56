package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;

/** A real RocketMQ client in the application's class loader. */
final class Client implements AutoCloseable {

    private static final ClientServiceProvider PROVIDER = ClientServiceProvider.loadService();
    /** Longer than a busy machine needs. */
    private static final Duration REQUEST_WITHIN = Duration.ofSeconds(20);

    private static final Duration INVISIBLE = Duration.ofSeconds(30);
    private static final int BATCH = 32;
    private static final long PAUSE_NANOS = 50_000_000;

    private final ClientConfiguration configuration;
    private final List<AutoCloseable> opened = new ArrayList<>();

    Client(String endpoints) {
        this(endpoints, REQUEST_WITHIN);
    }

    /** For those whose requests are not answered. */
    Client(String endpoints, Duration requestWithin) {
        this.configuration = ClientConfiguration.newBuilder()
                .setEndpoints(endpoints)
                .enableSsl(false)
                .setRequestTimeout(requestWithin)
                .build();
    }

    Producer producer(String... topics) throws ClientException {
        Producer producer = PROVIDER.newProducerBuilder()
                .setClientConfiguration(configuration)
                .setTopics(topics)
                .setMaxAttempts(1)
                .build();
        opened.add(producer);
        return producer;
    }

    SimpleConsumer consumer(String group, String topic) throws ClientException {
        return consumer(group, topic, Duration.ofSeconds(3));
    }

    SimpleConsumer consumer(String group, String topic, Duration await) throws ClientException {
        SimpleConsumer consumer = PROVIDER.newSimpleConsumerBuilder()
                .setClientConfiguration(configuration)
                .setConsumerGroup(group)
                .setAwaitDuration(await)
                .setSubscriptionExpressions(Map.of(topic, FilterExpression.SUB_ALL))
                .build();
        opened.add(consumer);
        return consumer;
    }

    static Message message(String topic, String text) {
        return PROVIDER.newMessageBuilder()
                .setTopic(topic)
                .setBody(text.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /** In order with the others of its key. */
    static Message ordered(String topic, String text, String key) {
        return PROVIDER.newMessageBuilder()
                .setTopic(topic)
                .setMessageGroup(key)
                .setBody(text.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    static Message delayed(String topic, String text, Duration delay) {
        return PROVIDER.newMessageBuilder()
                .setTopic(topic)
                .setBody(text.getBytes(StandardCharsets.UTF_8))
                .setDeliveryTimestamp(System.currentTimeMillis() + delay.toMillis())
                .build();
    }

    static String text(MessageView message) {
        return StandardCharsets.UTF_8.decode(message.getBody()).toString();
    }

    /**
     * Sends until it is acknowledged: on a busy machine a disk may take longer than the proxy waits. So the message may be there more
     * than once.
     */
    static void send(Producer producer, Message message) {
        long deadline = Patience.deadline();
        while (true) {
            try {
                producer.send(message);
                return;
            } catch (ClientException | RuntimeException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("Never acknowledged", e);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Receives and acknowledges until all of these have come; answers what came, with what came more than once. */
    static List<String> receive(SimpleConsumer consumer, Collection<String> wanted) {
        List<String> texts = new ArrayList<>();
        Set<String> missing = new HashSet<>(wanted);
        long deadline = Patience.deadline();
        while (!missing.isEmpty()) {
            List<String> received = receive(consumer);
            texts.addAll(received);
            received.forEach(missing::remove);
            if (!received.isEmpty()) {
                deadline = Patience.deadline();
            } else if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("%d of %d never came: %s"
                        .formatted(
                                missing.size(),
                                wanted.size(),
                                missing.stream()
                                        .map(Client::shortened)
                                        .limit(10)
                                        .toList()));
            }
        }
        return texts;
    }

    private static List<String> receive(SimpleConsumer consumer) {
        List<String> texts = new ArrayList<>();
        try {
            List<CompletableFuture<Void>> acks = new ArrayList<>();
            for (MessageView message : consumer.receive(BATCH, INVISIBLE)) {
                texts.add(text(message));
                acks.add(consumer.ackAsync(message));
            }
            CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new)).join();
        } catch (ClientException | RuntimeException e) {
            // what was not acknowledged comes again
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return texts;
    }

    /** Some are megabytes. */
    static String shortened(String text) {
        return text.substring(0, Math.min(12, text.length()));
    }

    @Override
    public void close() throws IOException {
        for (AutoCloseable client : opened) {
            try {
                client.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
