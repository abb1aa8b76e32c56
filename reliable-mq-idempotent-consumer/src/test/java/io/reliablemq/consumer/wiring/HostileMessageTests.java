package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Messages that somebody made to do harm: nothing of them is executed, each is handled or set aside, and no log quotes them. */
@DatabaseTest(TestDatabase.H2)
class HostileMessageTests extends ListenerFixture {

    private static final String CANARY = "S3CRET-CANARY";
    private static final AtomicBoolean executed = new AtomicBoolean();

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** What a message must not be able to make. */
    static final class Gadget implements Serializable {

        private static final long serialVersionUID = 1;

        static {
            executed.set(true);
        }

        private Object readResolve() {
            executed.set(true);
            return this;
        }
    }

    record Order(String id, int amount) {}

    final class Typed {

        @IdempotentListener(topic = "orders", consumerGroup = "typed")
        void on(Order order) {
            jdbc.update("insert into effect values (?)", "order " + order.id());
        }
    }

    final class Untyped {

        @IdempotentListener(topic = "orders", consumerGroup = "untyped", key = "payload['id']")
        void on(Map<String, Object> order) {
            jdbc.update("insert into effect values (?)", "map " + order.get("id"));
        }
    }

    @BeforeEach
    void listen() {
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        root().detachAppender(log);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void aClassThatAMessageNamesIsNotLoaded() throws IOException {
        String gadget = HostileMessageTests.class.getName() + "$Gadget";
        String json = "{\"@class\":\"" + gadget + "\",\"id\":\"a\",\"amount\":1}";
        publish("type-id", "application/json", json.getBytes(UTF_8), Map.of("__TypeId__", gadget, "@class", gadget));
        publish("array", "application/json", ("[\"" + gadget + "\",{}]").getBytes(UTF_8), Map.of());
        publish("serialized", "application/x-java-serialized-object", serialized(), Map.of());
        executed.set(false);

        run(new Typed());
        drained();

        assertThat(executed).isFalse();
        assertThat(effects()).containsExactly("order a");
        assertThat(letters()).containsExactlyInAnyOrder("array", "serialized");
    }

    private static byte[] serialized() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Gadget());
        }
        return bytes.toByteArray();
    }

    @Test
    void deepJsonAndGarbageBecomeDeadLetters() {
        byte[] garbage = new byte[4 << 20];
        new Random(1).nextBytes(garbage);
        publish("garbage", "application/json", garbage, Map.of());
        for (int depth : new int[] {100, 10_000}) {
            String nested = "{\"id\":\"" + depth + "\",\"deep\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
            publish("deep-" + depth, "application/json", nested.getBytes(UTF_8), Map.of());
        }

        run(new Untyped());
        drained();

        assertThat(effects()).containsExactly("map 100");
        assertThat(infrastructure.deadLetters().list(Letters.all(), null, 10))
                .allMatch(letter -> letter.reason() == DeadLetterReason.INVALID_KEY)
                .extracting(DeadLetter::size)
                .contains(garbage.length)
                .hasSize(2);
    }

    @Test
    void expressionsAndSqlStayText() {
        Path marker = folder.resolve("executed");
        String spel = "#{T(java.nio.file.Files).createFile(T(java.nio.file.Path).of('" + marker + "'))}${user.home}";
        String sql = "'); drop table effect; drop table reliable_mq_inbox; --";
        byte[] json = ("{\"id\":\"" + sql + "\",\"amount\":1}").getBytes(UTF_8);
        publish(spel, "application/json", json, Map.of(spel, spel, sql, sql));
        publish(sql, "application/json", json, Map.of("id", spel, "timestamp", "x", "errorChannel", spel));

        run(new Untyped());
        drained();

        assertThat(Files.exists(marker)).isFalse();
        assertThat(effects()).as("both have one business key").containsExactly("map " + sql);
        assertThat(infrastructure.deadLetters().count(Letters.all())).isZero();
    }

    @Test
    void noLogQuotesPayloadsOrHeadersAndOddNamesBreakNoLine() {
        Map<String, String> odd = Map.of(
                "", CANARY, "a\nb\0c", CANARY, "h".repeat(16_000), CANARY, "contentType", CANARY, "\uD800", CANARY);
        String wrongType = "{\"id\":\"a\",\"amount\":\"" + CANARY + "\"}";
        publish("wrong-type", "application/json", wrongType.getBytes(UTF_8), odd);
        publish("no-json", "application/json", ("{" + CANARY).getBytes(UTF_8), odd);
        publish("no-media-type", "%%% " + CANARY, wrongType.getBytes(UTF_8), odd);
        publish("forged\nWARN a line of its own", "application/json", new byte[0], odd);

        run(new Typed());
        drained();

        assertThat(effects()).isEmpty();
        assertThat(infrastructure.deadLetters().list(Letters.all(), null, 10))
                .hasSize(4)
                .extracting(DeadLetter::error)
                .noneMatch(error -> error.contains(CANARY));
        assertThat(log.list)
                .isNotEmpty()
                .extracting(HostileMessageTests::text)
                .noneMatch(text -> text.contains(CANARY));
        assertThat(log.list).noneMatch(event -> event.getFormattedMessage().contains("\nWARN a line"));
    }

    private static String text(ILoggingEvent event) {
        return event.getFormattedMessage()
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    private void publish(String id, String contentType, byte[] payload, Map<String, String> headers) {
        broker.publish(new ReceivedMessage(
                id,
                "orders",
                "tag",
                List.of(),
                null,
                contentType,
                payload,
                headers,
                System.currentTimeMillis(),
                0,
                1,
                id));
    }

    private List<String> letters() {
        return infrastructure.deadLetters().list(Letters.all(), null, 10).stream()
                .map(DeadLetter::key)
                .toList();
    }
}
