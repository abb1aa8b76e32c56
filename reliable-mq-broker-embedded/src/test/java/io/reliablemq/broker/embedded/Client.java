package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private final ClientConfiguration configuration;
    private final List<AutoCloseable> opened = new ArrayList<>();

    Client(String endpoints) {
        this.configuration = ClientConfiguration.newBuilder()
                .setEndpoints(endpoints)
                .enableSsl(false)
                .setRequestTimeout(Duration.ofSeconds(3))
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

    /** Receives and acknowledges until {@code count} messages came or nothing has come for the time given. */
    static List<String> drain(SimpleConsumer consumer, int count, Duration quiet) throws ClientException {
        List<String> texts = new ArrayList<>();
        long deadline = System.nanoTime() + quiet.toNanos();
        while (texts.size() < count && System.nanoTime() < deadline) {
            for (MessageView message : consumer.receive(32, Duration.ofSeconds(30))) {
                texts.add(text(message));
                consumer.ack(message);
                deadline = System.nanoTime() + quiet.toNanos();
            }
        }
        return texts;
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
