package io.reliablemq.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.transaction.support.TransactionTemplate;

/** Producers and consumers that know nothing of us, on the broker of a journey. */
interface Interop {

    String TOPIC = "foreign";
    byte[] BINARY = HexFormat.of().parseHex("00ff80c30a0d");

    EmbeddedBroker broker();

    ApplicationContext shop();

    static void declare(EmbeddedBroker broker) {
        broker.createTopic(TopicDeclaration.normal(TOPIC));
        broker.createTopic(TopicDeclaration.normal("to-others"));
        for (String group : List.of("by-key", "by-id", "others")) {
            broker.createGroup(GroupDeclaration.concurrent(group));
        }
    }

    private ClientConfiguration configuration() {
        return ClientConfiguration.newBuilder()
                .setEndpoints(broker().endpoints())
                .enableSsl(false)
                .setRequestTimeout(Duration.ofSeconds(15))
                .build();
    }

    /** What is heard is written down in one line. */
    class Listeners {

        record Line(String sku, int amount) {}

        private final JdbcClient jdbc;

        Listeners(JdbcClient jdbc) {
            this.jdbc = jdbc;
            jdbc.sql("create table if not exists heard (line varchar(300) not null)")
                    .update();
        }

        @IdempotentListener(
                topic = TOPIC,
                consumerGroup = "by-key",
                tag = "bytes",
                key = "headers['" + ListenerHeaders.KEY + "']")
        void byKey(
                byte[] body,
                @Header(ListenerHeaders.KEY) String key,
                @Header("region") String region,
                @Header("amount") int amount) {
            hear(key + " " + HexFormat.of().formatHex(body) + " " + region + " " + (amount + 1));
        }

        @IdempotentListener(topic = TOPIC, consumerGroup = "by-id", tag = "line")
        void byId(
                @Payload Line line,
                @Payload String text,
                @Header(ListenerHeaders.MESSAGE_ID) String id,
                @Header(name = "region", required = false) String region) {
            hear(id + " " + line + " " + text + " " + region);
        }

        private void hear(String line) {
            jdbc.sql("insert into heard (line) values (?)").param(line).update();
        }
    }

    /** A resend of theirs is another message for RocketMQ. */
    @Test
    default void messagesOfOtherProducersHaveOneEffectByTheirKeyOrTheIdThatTheySend() throws Exception {
        Map<String, String> properties = Map.of("region", "eu", "amount", "41");
        byte[] line = "{\"sku\":\"ä\",\"amount\":3}".getBytes(UTF_8);
        ClientServiceProvider provider = ClientServiceProvider.loadService();
        try (Producer grpc = provider.newProducerBuilder()
                        .setClientConfiguration(configuration())
                        .build();
                RemotingClient remoting = new RemotingClient(broker())) {
            for (int time = 0; time < 2; time++) {
                grpc.send(message(provider, "bytes", "key-g", BINARY, properties));
                remoting.send(TOPIC, "bytes", "key-r", BINARY, properties);
                grpc.send(message(provider, "line", null, line, Map.of("reliablemq_id", "id-g")));
                remoting.send(TOPIC, "line", "", line, Map.of("reliablemq_id", "id-r", "region", "us"));
            }
            grpc.send(message(provider, "bytes", null, BINARY, properties));
            remoting.send(TOPIC, "line", "key-r", line, properties);
        }

        String text = " Line[sku=ä, amount=3] {\"sku\":\"ä\",\"amount\":3} ";
        await().untilAsserted(() -> assertThat(heard())
                .containsExactlyInAnyOrder(
                        "key-g 00ff80c30a0d eu 42",
                        "key-r 00ff80c30a0d eu 42",
                        "id-g" + text + "null",
                        "id-r" + text + "us"));
        setsAsideWhatHasNoKey("by-key");
        setsAsideWhatHasNoKey("by-id");
        assertThat(heard()).hasSize(4);
    }

    private void setsAsideWhatHasNoKey(String group) {
        DeadLetters letters = shop().getBean(DeadLetters.class);
        await().untilAsserted(() -> assertThat(letters.list(Letters.ofGroup(group), null, 10))
                .extracting(DeadLetter::reason)
                .containsExactly(DeadLetterReason.MISSING_KEY));
    }

    private List<String> heard() {
        return shop().getBean(JdbcClient.class)
                .sql("select line from heard")
                .query(String.class)
                .list();
    }

    private static org.apache.rocketmq.client.apis.message.Message message(
            ClientServiceProvider provider, String tag, String key, byte[] body, Map<String, String> properties) {
        MessageBuilder message =
                provider.newMessageBuilder().setTopic(TOPIC).setTag(tag).setBody(body);
        if (key != null) {
            message.setKeys(key);
        }
        properties.forEach(message::addProperty);
        return message.build();
    }

    @Test
    default void otherConsumersGetAPlainBodyAndHeadersAsProperties() throws Exception {
        UUID id = shop().getBean(TransactionTemplate.class).execute(status -> shop().getBean(Outbox.class)
                .send(OutboxMessage.to("to-others:note")
                        .key("order-1")
                        .header("region", "eu")
                        .payload(new Listeners.Line("ä", 3))));
        String body = "{\"sku\":\"ä\",\"amount\":3}";

        MessageView view = receive();
        assertThat(UTF_8.decode(view.getBody()).toString()).isEqualTo(body);
        assertThat(view.getTag()).hasValue("note");
        assertThat(view.getKeys()).containsExactlyInAnyOrder(id.toString(), "order-1");
        Map<String, String> properties = new HashMap<>(view.getProperties());
        assertThat(Long.parseLong(properties.remove("reliablemq_created_at"))).isPositive();
        assertThat(properties)
                .containsEntry("region", "eu")
                .containsEntry("reliablemq_id", id.toString())
                .containsEntry("reliablemq_content_type", "application/json");

        try (RemotingClient remoting = new RemotingClient(broker())) {
            assertThat(remoting.read("to-others", "others")).singleElement().satisfies(message -> {
                assertThat(new String(message.body(), UTF_8)).isEqualTo(body);
                assertThat(message.tag()).isEqualTo("note");
                assertThat(message.keys()).containsExactly(id.toString(), "order-1");
                assertThat(message.properties()).containsAllEntriesOf(properties);
            });
        }
    }

    private MessageView receive() throws Exception {
        try (SimpleConsumer consumer = ClientServiceProvider.loadService()
                .newSimpleConsumerBuilder()
                .setClientConfiguration(configuration())
                .setConsumerGroup("others")
                .setAwaitDuration(Duration.ofSeconds(5))
                .setSubscriptionExpressions(Collections.singletonMap("to-others", FilterExpression.SUB_ALL))
                .build()) {
            List<MessageView> received = List.of();
            while (received.isEmpty()) {
                received = consumer.receive(1, Duration.ofSeconds(10));
            }
            consumer.ack(received.get(0));
            return received.get(0);
        }
    }
}
