package io.reliablemq.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** JUnit without Spring. */
@EmbeddedRocketMq(topics = "orders", groups = "shop")
class IsolationTests {

    private static final ClientServiceProvider CLIENTS = ClientServiceProvider.loadService();

    @EmbeddedRocketMq(topics = "orders", groups = "shop")
    private static final class Another {}

    @Test
    void testClassesShareABrokerAndSeeNothingOfEachOther(IsolatedBroker mine, EmbeddedBroker shared) throws Exception {
        IsolatedBroker other = of(Another.class);
        assertThat(mine.endpoints()).isEqualTo(other.endpoints()).isEqualTo(shared.endpoints());
        assertThat(mine.namespace()).isNotEqualTo(other.namespace());

        send(other, "of another");
        send(mine, "mine");

        assertThat(receive(mine)).containsExactly("mine");
        assertThat(receive(other)).containsExactly("of another");
    }

    @Nested
    class Inside {

        @Test
        void aNestedClassSeesWhatTheClassAroundItSees(IsolatedBroker broker) {
            assertThat(broker.namespace()).startsWith("IsolationTests-");
        }
    }

    @EmbeddedRocketMq(namespace = "a b")
    private static final class Misnamed {}

    @EmbeddedRocketMq(topics = "orders:sorted")
    private static final class Mistyped {}

    @Test
    void saysWhatIsNotWrittenCorrectly() {
        assertThatThrownBy(() -> of(Misnamed.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Misnamed has the namespace 'a b'");
        assertThatThrownBy(() -> of(Mistyped.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'sorted' in topic 'orders:sorted' is no type: use normal, fifo");
    }

    private static IsolatedBroker of(Class<?> testClass) {
        return IsolatedBroker.of(testClass.getAnnotation(EmbeddedRocketMq.class), testClass);
    }

    private static void send(IsolatedBroker broker, String text) throws Exception {
        try (Producer producer = CLIENTS.newProducerBuilder()
                .setClientConfiguration(configuration(broker))
                .setTopics(broker.nameOf("orders"))
                .build()) {
            producer.send(CLIENTS.newMessageBuilder()
                    .setTopic(broker.nameOf("orders"))
                    .setBody(text.getBytes(StandardCharsets.UTF_8))
                    .build());
        }
    }

    /** Until nothing has come for a while: what should not be there would have come as well. */
    private static List<String> receive(IsolatedBroker broker) throws Exception {
        List<String> texts = new ArrayList<>();
        try (SimpleConsumer consumer = CLIENTS.newSimpleConsumerBuilder()
                .setClientConfiguration(configuration(broker))
                .setConsumerGroup(broker.nameOf("shop"))
                .setAwaitDuration(Duration.ofSeconds(2))
                .setSubscriptionExpressions(Map.of(broker.nameOf("orders"), FilterExpression.SUB_ALL))
                .build()) {
            List<MessageView> received;
            do {
                received = consumer.receive(16, Duration.ofSeconds(30));
                for (MessageView message : received) {
                    texts.add(StandardCharsets.UTF_8.decode(message.getBody()).toString());
                    consumer.ack(message);
                }
            } while (texts.isEmpty() || !received.isEmpty());
        }
        return texts;
    }

    private static ClientConfiguration configuration(IsolatedBroker broker) {
        return ClientConfiguration.newBuilder()
                .setEndpoints(broker.endpoints())
                .enableSsl(false)
                .build();
    }
}
