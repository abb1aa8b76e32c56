package io.reliablemq.rocketmq.wire;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocketMqMessageRulesTests {

    private static final long NOW = 1_700_000_000_000L;

    private final RocketMqMessageRules rules =
            new RocketMqMessageRules(Duration.ofDays(1), Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));

    @Test
    void acceptsWhatTheBrokerAccepts() {
        assertThatCode(() -> rules.check(message("orders_%-1", "paid", "order 42", "k".repeat(63), 0)))
                .doesNotThrowAnyException();
        assertThatCode(() -> rules.check(message("orders", null, null, null, NOW + 86_400_000)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "täglich", "a|b", "SCHEDULE_TOPIC_XXXX", "rmq_sys_anything"})
    void rejectsTopicsThatCannotBe(String topic) {
        assertThatThrownBy(() -> rules.check(message(topic, null, null, null, 0)))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("topic");
    }

    @Test
    void rejectsATopicThatIsTooLong() {
        assertThatThrownBy(() -> rules.check(message("t".repeat(128), null, null, null, 0)))
                .hasMessageContaining("127")
                .hasMessageContaining("ttt...");
    }

    @Test
    void rejectsTextThatRocketMqCannotCarry() {
        assertRejected(message("t", "a|b", null, null, 0), "tag \"a|b\"");
        assertRejected(message("t", " ", null, null, 0), "tag \" \" is blank");
        assertRejected(message("t", null, "a\nb", null, 0), "key \"a\\u000ab\" contains a control character");
        assertRejected(message("t\u2028b", null, null, null, 0), "topic \"t\\u2028b\" is not");
        assertRejected(message("t", null, null, "\ud83d", 0), "orderedBy \"\\ud83d\" contains half of a surrogate");
        assertRejected(with(Map.of("trace", "")), "header \"trace\" \"\" is blank");
        assertRejected(with(Map.of("a\u0001", "x")), "name of a header");
    }

    @Test
    void rejectsAnOrderingKeyThatIsTooLongInBytes() {
        assertRejected(message("t", null, null, "ü".repeat(32), 0), "has 64 bytes");
    }

    @Test
    void rejectsAnOrderTogetherWithADelay() {
        assertRejected(message("t", null, null, "key", NOW + 1_000), "comes with a delay");
    }

    @Test
    void rejectsADelayBeyondTheProxysLimit() {
        assertRejected(message("t", null, null, null, NOW + 86_400_001), "max-delay");
    }

    @Test
    void rejectsBodiesThatAreEmptyOrTooLarge() {
        assertRejected(withBody(new byte[0]), "is empty");
        assertRejected(withBody(new byte[RocketMqMessageRules.MAX_BODY + 1]), "4194305 bytes");
        assertThatCode(() -> rules.check(withBody(new byte[RocketMqMessageRules.MAX_BODY])))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEYS", "DELAY", "__transactionId__", "INNER_MULTI_DISPATCH", "__RMQ.TRANSIENT.x"})
    void rejectsHeadersOfRocketMqItself(String name) {
        assertRejected(with(Map.of(name, "x")), "belongs to RocketMQ");
    }

    @Test
    void rejectsHeadersOfOurOwn() {
        assertRejected(with(Map.of(WireHeaders.ID, "x")), "belongs to Reliable MQ");
    }

    @Test
    void rejectsTooManyHeaders() {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < 125; i++) {
            headers.put("h" + i, "v");
        }
        assertThatCode(() -> rules.check(with(headers))).doesNotThrowAnyException();
        headers.put("one too many", "v");
        assertRejected(with(headers), "129 properties");
    }

    @Test
    void rejectsHeadersThatAreTooLarge() {
        assertRejected(with(Map.of("h", "ü".repeat(8_192))), "16384 bytes");
    }

    private void assertRejected(OutgoingMessage message, String text) {
        assertThatThrownBy(() -> rules.check(message))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining(text);
    }

    private static OutgoingMessage message(String topic, String tag, String key, String orderingKey, long deliverAt) {
        return new OutgoingMessage(
                UUID.randomUUID(), topic, tag, key, orderingKey, "text/plain", new byte[1], Map.of(), NOW, deliverAt);
    }

    private static OutgoingMessage with(Map<String, String> headers) {
        return new OutgoingMessage(
                UUID.randomUUID(), "t", null, null, null, "text/plain", new byte[1], headers, NOW, 0);
    }

    private static OutgoingMessage withBody(byte[] body) {
        return new OutgoingMessage(UUID.randomUUID(), "t", null, null, null, "text/plain", body, Map.of(), NOW, 0);
    }
}
