package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ListenerApplication.letters;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

/** Kinds of messages that are told apart by an alias, on both sides. */
class PayloadTypesTests {

    private static final String PLACED = "reliable-mq.payload.types[order.placed]=" + Placed.class.getName();
    private static final String CANCELLED = "reliable-mq.payload.types.order.cancelled=" + Cancelled.class.getName();
    private static final String STRANGER = "reliable-mq.payload.types[stranger]=" + Stranger.class.getName();

    public sealed interface OrderEvent {}

    public record Placed(String id) implements OrderEvent {}

    public record Cancelled(String id, String why) implements OrderEvent {}

    public record Stranger(String id) {}

    static class Events {

        private final List<OrderEvent> seen = new CopyOnWriteArrayList<>();

        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(OrderEvent event) {
            seen.add(event);
        }
    }

    static class Placings {

        private final List<Placed> seen = new CopyOnWriteArrayList<>();

        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(Placed placed) {
            seen.add(placed);
        }
    }

    private final ListenerApplication application = new ListenerApplication();
    private final Events events = new Events();

    @Test
    void aMessageSaysByItsAliasWhatItIs() {
        new ProducerApplication(TestDatabase.H2.create())
                .with("reliable-mq.outbox.relay.enabled=false", PLACED)
                .run(context -> {
                    send(new Placed("o-1"), context);
                    send(new Cancelled("o-2", "late"), context);
                    assertThat(ProducerApplication.jdbc(context)
                                    .queryForList(
                                            "SELECT content_type FROM reliable_mq_outbox ORDER BY id", String.class))
                            .containsExactly("application/json;reliablemq-type=order.placed", "application/json");
                });
    }

    private static void send(Object payload, ApplicationContext context) {
        ProducerApplication.send(context, OutboxMessage.to("topic").payload(payload));
    }

    @Test
    void aListenerOfACommonTypeGetsWhatTheAliasSays() {
        publish("order.placed", "{\"id\":\"o-1\"}");
        publish("order.cancelled", "{\"id\":\"o-2\",\"why\":\"late\"}");

        application.with(events, PLACED, CANCELLED).run(context -> application.settled(2));

        assertThat(events.seen).containsExactlyInAnyOrder(new Placed("o-1"), new Cancelled("o-2", "late"));
    }

    @Test
    void theAliasOfACompressedPayloadCounts() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"id\":\"o-1\"}".getBytes(UTF_8));
        }
        application.publish(
                packed.toByteArray(),
                "application/json;reliablemq-type=order.placed;reliablemq-encoding=gzip",
                System.currentTimeMillis());

        application.with(events, PLACED).run(context -> application.settled(1));

        assertThat(events.seen).containsExactly(new Placed("o-1"));
    }

    @Test
    void anAliasThatIsNotNamedBecomesADeadLetterThatSaysSo() {
        publish("order.shipped", "{\"id\":\"o-1\"}");

        application.with(events, PLACED).run(context -> {
            application.settled(1);
            assertThat(letters(context))
                    .singleElement()
                    .extracting(DeadLetter::error)
                    .asString()
                    .contains("order.shipped", "[order.placed]", "reliable-mq.payload.types");
        });
        assertThat(events.seen).isEmpty();
    }

    /** An alias chooses only below what the listener takes. */
    @Test
    void theTypeOfTheListenerDecidesWhereTheAliasDoesNotFit() {
        Placings placings = new Placings();
        publish("stranger", "{\"id\":\"o-1\"}");
        publish("unknown", "{\"id\":\"o-2\"}");

        application.with(placings, STRANGER).run(context -> application.settled(2));

        assertThat(placings.seen).containsExactlyInAnyOrder(new Placed("o-1"), new Placed("o-2"));
    }

    @Test
    void impossibleAliasesAndClassesAreRefusedAtTheStart() {
        refused("is generic", "reliable-mq.payload.types[list]=java.util.ArrayList");
        refused("has the alias \"a b\"", "reliable-mq.payload.types[a b]=" + Placed.class.getName());
        refused("no.such.Thing", "reliable-mq.payload.types[thing]=no.such.Thing");
    }

    private static void refused(String problem, String... properties) {
        new ProducerApplication(TestDatabase.H2.create())
                .with(properties)
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining(problem));
    }

    private void publish(String alias, String json) {
        application.publish(
                json.getBytes(UTF_8), "application/json;reliablemq-type=" + alias, System.currentTimeMillis());
    }
}
