package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.Subscription;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.StaticSessionCredentialsProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.FilterExpressionType;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;

/** Builds the clients of one connection. */
final class Clients {

    private final RocketMqSettings settings;

    Clients(RocketMqSettings settings) {
        this.settings = settings;
    }

    static ClientServiceProvider provider() {
        return Provider.INSTANCE;
    }

    /** Contacts nobody: it names no topics. Slow the first time, because of the classes to load. */
    Producer producer() throws ClientException {
        return provider()
                .newProducerBuilder()
                .setClientConfiguration(configuration())
                // the relay sends again; a refusal after an attempt without an answer would not say that nothing is
                // stored
                .setMaxAttempts(1)
                .build();
    }

    /** Asks for the topic's route, so it fails when nobody answers or the topic is not there. */
    SimpleConsumer consumer(Subscription subscription) throws ClientException {
        return provider()
                .newSimpleConsumerBuilder()
                .setClientConfiguration(configuration())
                .setConsumerGroup(subscription.group())
                .setSubscriptionExpressions(new ConcurrentHashMap<>(Map.of(subscription.topic(), filter(subscription))))
                .setAwaitDuration(settings.awaitDuration())
                .build();
    }

    /** Connects at its first request. */
    FifoQuestion fifoQuestion() throws Exception {
        return new FifoQuestion(configuration());
    }

    static FilterExpression filter(Subscription subscription) {
        return new FilterExpression(
                subscription.filter().isBlank() ? "*" : subscription.filter(),
                subscription.sql() ? FilterExpressionType.SQL92 : FilterExpressionType.TAG);
    }

    private ClientConfiguration configuration() {
        var builder = ClientConfiguration.newBuilder()
                .setEndpoints(settings.endpoints())
                .setNamespace(settings.namespace())
                .enableSsl(settings.tls())
                .setRequestTimeout(settings.requestTimeout())
                .setMaxStartupAttempts(1);
        if (settings.accessKey() != null && settings.secretKey() != null) {
            builder.setCredentialProvider(
                    new StaticSessionCredentialsProvider(settings.accessKey(), settings.secretKey()));
        }
        return builder.build();
    }

    /** Loaded at first use, and once. */
    private static final class Provider {
        static final ClientServiceProvider INSTANCE = ClientServiceProvider.loadService();
    }
}
