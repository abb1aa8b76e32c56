package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ListenerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Nature;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.Findings;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;

/** The events of docs/observing.md, as Spring Boot's structured logging writes them. */
class StructuredLogTests {

    private static final String SECRET = "c4n4ry in a payload";

    @Test
    void areInTheTableOfTheGuideWithTheirLevels() throws Exception {
        Map<String, String> documented = new TreeMap<>();
        Pattern.compile("(?m)^\\| `([a-z.]+)` \\| (DEBUG|INFO|WARN|ERROR) \\|")
                .matcher(Files.readString(Path.of("../docs/observing.md")))
                .results()
                .forEach((MatchResult row) -> documented.put(row.group(1), row.group(2)));
        Map<String, String> events = new TreeMap<>();
        Arrays.stream(io.reliablemq.outbox.spi.LogEvent.values())
                .forEach(event -> events.put(event.event(), event.level().name()));
        Arrays.stream(io.reliablemq.consumer.spi.LogEvent.values())
                .forEach(event -> events.put(event.event(), event.level().name()));
        Arrays.stream(LogEvent.values())
                .forEach(event -> events.put(event.event(), event.level().name()));
        assertThat(documented).isEqualTo(events);
    }

    @Test
    void tellTheWayOfAMessageToTheBroker() {
        ProducerApplication broker = new ProducerApplication(TestDatabase.H2.create());
        try (StructuredLog log = new StructuredLog("ecs")) {
            broker.broker = message -> answer(message.topic(), has(log, "topic.outage"));
            broker.with("reliable-mq.outbox.relay.retry-initial=1ms").run(context -> {
                UUID late = ProducerApplication.send(
                        context, message("late").tag("paid").payload(SECRET));
                UUID refused =
                        ProducerApplication.send(context, message("refused").payload(SECRET));
                until(() -> has(log, "messages.parked") && has(log, "message.stored"));

                assertThat(ours(log, "message.written", "message_id", late).get("topic"))
                        .hasToString("\"late\"");
                assertThat(fields(log, "send.unknown"))
                        .isNotEmpty()
                        .allMatch(
                                unknown -> unknown.get("message_id").asString().equals(late.toString()))
                        .allMatch(unknown -> unknown.get("detail").asString().equals("by the test"));
                JsonNode stored = ours(log, "message.stored", "message_id", late);
                assertThat(stored.get("failed_attempts").asInt()).isPositive();
                JsonNode parked = one(log, "messages.parked");
                assertThat(parked.get("topic").asString()).isEqualTo("refused");
                assertThat(parked.get("messages").asInt()).isEqualTo(1);
                assertThat(parked.get("message_ids").get(0).asString()).isEqualTo(refused.toString());
                assertThat(parked.get("reason").asString()).startsWith("WRONG_TOPIC_TYPE");
                skip(context, refused);
                JsonNode deed = one(log, "operator.acted");
                assertThat(deed.get("operation").asString()).isEqualTo("skip");
                assertThat(deed.get("actor").asString()).isEqualTo("ann");
                assertThat(deed.get("why").asString()).isEqualTo("as a test");
                assertThat(deed.get("message_ids").get(0).asString()).isEqualTo(refused.toString());

                broker.observer.update("DELETE FROM reliable_mq_outbox_node");
                until(() -> has(log, "lanes.lost"));
            });
            assertThat(one(log, "topic.outage").get("topic").asString()).isEqualTo("late");
            assertThat(one(log, "topic.recovered").get("duration_ms").isNumber())
                    .isTrue();
            assertThat(levels(log, "messages.parked")).containsOnly("ERROR");
            assertThat(levels(log, "lanes.lost")).containsOnly("WARN");
            assertThat(log.lines()).noneMatch(line -> line.contains(SECRET));
        }
    }

    private static SendOutcome answer(String topic, boolean well) {
        if (topic.equals("refused")) {
            return new SendOutcome.Refused(SendOutcome.Reason.WRONG_TOPIC_TYPE, "a FIFO topic");
        }
        return well ? ProducerApplication.STORED : ProducerApplication.UNKNOWN;
    }

    private static OutboxMessage.Builder message(String topic) {
        return OutboxMessage.to(topic);
    }

    private static void skip(ApplicationContext context, UUID id) {
        context.getBean(OutboxOperations.class).skip(id, Action.by("ann", "as a test"));
        assertThat(context.getBean(OutboxOperations.class).count(Parked.all())).isZero();
    }

    static class Stock {

        @IdempotentListener(topic = "orders", consumerGroup = "group", id = "stock")
        void on(String order) {
            if (order.startsWith("broken")) {
                throw new FatalListenerException("as a test");
            }
        }
    }

    @Test
    void tellWhatBecomesOfAReceivedMessage() {
        ListenerApplication broker = new ListenerApplication();
        try (StructuredLog log = new StructuredLog("ecs")) {
            broker.with(new Stock()).run(context -> {
                broker.publish("plain");
                broker.settled(1);
                broker.messages.add(broker.received.get(0));
                broker.settled(2);
                broker.publish("broken, " + SECRET);
                broker.publish(
                        "old", System.currentTimeMillis() - Duration.ofDays(30).toMillis());
                broker.settled(4);
                until(() -> has(log, "message.quarantined") && has(log, "message.dead"));

                String id = broker.received.get(0).id();
                JsonNode applied = ours(log, "message.applied", "message_id", id);
                assertThat(applied.get("group").asString()).isEqualTo("group");
                assertThat(applied.get("listener").asString()).isEqualTo("stock");
                assertThat(applied.get("attempt").asInt()).isEqualTo(1);
                assertThat(ours(log, "message.duplicate", "message_id", id)).isNotNull();
                JsonNode dead = one(log, "message.dead");
                assertThat(dead.get("reason").asString()).isEqualTo("fatal");
                assertThat(one(log, "message.quarantined").get("reason").asString())
                        .isEqualTo("too_old");

                DeadLetters letters = context.getBean(DeadLetters.class);
                String letter = dead.get("dead_letter_id").asString();
                assertThat(ListenerApplication.letters(context))
                        .extracting(DeadLetter::id)
                        .contains(letter);
                letters.discard(letter, DeadLetters.Action.by("ann", "as a test"));
                JsonNode deed = one(log, "operator.acted");
                assertThat(deed.get("operation").asString()).isEqualTo("discard");
                assertThat(deed.get("dead_letter_id").asString()).isEqualTo(letter);
            });
            assertThat(one(log, "listener.running").get("listener").asString()).isEqualTo("stock");
            assertThat(levels(log, "message.dead")).containsOnly("WARN");
            assertThat(log.lines()).noneMatch(line -> line.contains(SECRET));
        }
    }

    @Test
    void tellWhatTheDoctorHasFound() {
        try (StructuredLog log = new StructuredLog("ecs")) {
            DoctorReport report = new DoctorReport();
            for (Status status : List.of(Status.FAIL, Status.WARN, Status.UNKNOWN, Status.OK)) {
                report.accept(new Findings(
                        List.of(new Finding("disk", "broker a", status, Nature.STATE, "full", "make room")), "none"));
                JsonNode finding = one(log, "doctor." + status.name().toLowerCase(Locale.ROOT));
                assertThat(finding.get("rule").asString()).isEqualTo("disk");
                assertThat(finding.get("subject").asString()).isEqualTo("broker a");
                assertThat(finding.get("reason").asString()).isEqualTo("full");
            }
        }
    }

    /** The other formats do not nest: a name with a dot stays one. */
    @Test
    void haveTheSameNamesInTheOtherFormats() {
        for (String format : List.of("logstash", "gelf")) {
            try (StructuredLog log = new StructuredLog(format)) {
                new DoctorReport()
                        .accept(new Findings(
                                List.of(new Finding("disk", "a", Status.FAIL, Nature.STATE, "full", "")), "none"));
                assertThat(log.lines())
                        .anySatisfy(line -> assertThat(line).contains("reliablemq.event\":\"doctor.fail\""));
            }
        }
    }

    private static boolean has(StructuredLog log, String event) {
        return !fields(log, event).isEmpty();
    }

    private static JsonNode one(StructuredLog log, String event) {
        assertThat(fields(log, event)).hasSize(1);
        return fields(log, event).get(0);
    }

    private static JsonNode ours(StructuredLog log, String event, String field, Object value) {
        List<JsonNode> ours = fields(log, event).stream()
                .filter(fields -> fields.get(field).asString().equals(value.toString()))
                .toList();
        assertThat(ours).hasSize(1);
        return ours.get(0);
    }

    private static List<JsonNode> fields(StructuredLog log, String event) {
        return log.events().stream()
                .map(line -> line.path("reliablemq"))
                .filter(fields -> fields.path("event").asString("").equals(event))
                .toList();
    }

    private static List<String> levels(StructuredLog log, String event) {
        return log.events().stream()
                .filter(line ->
                        line.path("reliablemq").path("event").asString("").equals(event))
                .map(line -> line.path("log").path("level").asString())
                .toList();
    }
}
