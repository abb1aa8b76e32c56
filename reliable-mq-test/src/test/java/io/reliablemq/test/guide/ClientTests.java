package io.reliablemq.test.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.IsolatedBroker;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;

@EmbeddedRocketMq(topics = "orders", groups = "shop")
class ClientTests {

    @Test
    void aMessageIsTaken(IsolatedBroker broker) throws Exception {
        ClientConfiguration configuration = ClientConfiguration.newBuilder()
                .setEndpoints(broker.endpoints())
                .enableSsl(false)
                .build();
        String topic = broker.nameOf("orders");
        ClientServiceProvider clients = ClientServiceProvider.loadService();
        try (Producer producer = clients.newProducerBuilder()
                .setClientConfiguration(configuration)
                .setTopics(topic)
                .build()) {
            Message message = clients.newMessageBuilder()
                    .setTopic(topic)
                    .setBody("o-3".getBytes())
                    .build();
            assertThat(producer.send(message).getMessageId()).isNotNull();
        }
    }
}
