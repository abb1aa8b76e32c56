package io.reliablemq.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.BrokerPart;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.client.RestClient;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The alerts, the dashboard and the runbook of docs/operations ask for nothing that is not in a scrape of this application after
 * traffic, an outage, a dead letter and what else can go wrong.
 */
@ExtendWith(OutputCaptureExtension.class)
class OperationsTests {

    private static final Path OPERATIONS = Path.of("../../docs/operations");
    private static final Duration SOON = Duration.ofSeconds(60);

    /** In payloads, a header and the database's password: .ci/canary looks for it in all that tests and demos have written. */
    private static final String CANARY = "c4n4ry";

    @TempDir
    static Path data;

    private static ConfigurableApplicationContext application;
    private static RestClient http;
    private static String documentation;
    private static Scrape scrape;

    @BeforeAll
    static void scrapeAfterAllThatCanHappen() throws IOException {
        application = SpringApplication.run(
                OrderServiceApplication.class,
                "--server.port=0",
                "--orders.data-directory=" + data.toAbsolutePath(),
                "--spring.datasource.password=" + CANARY + "-password",
                "--logging.level.io.reliablemq=debug",
                "--management.endpoints.web.exposure.include=health,info,metrics,prometheus,reliablemq",
                "--management.endpoint.reliablemq.access=unrestricted",
                "--reliable-mq.outbox.metrics.refresh=100ms",
                "--reliable-mq.listener.metrics.refresh=100ms",
                "--reliable-mq.doctor.figures-interval=500ms",
                "--reliable-mq.outbox.retention=1d",
                "--reliable-mq.reconciliation.enabled=true");
        http = RestClient.create(
                "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port"));
        documentation = Files.readString(Path.of("../../docs/observing.md"));
        anOutage();
        aHandlerThatFailsForAWhile();
        aDeadLetter();
        aDuplicate();
        refusedAndPastTheOutbox();
        whatATestCannotBringAbout();
        await().atMost(SOON).until(() -> get("/actuator/prometheus"), text -> Stream.of(
                        "reliable_mq_relay_outage_seconds_count{",
                        "reliable_mq_listener_retries_total{",
                        "reliable_mq_listener_dead_letters_total{",
                        "reliable_mq_listener_duplicates_total{",
                        "reliable_mq_listener_acknowledged_seconds_count{",
                        "reliable_mq_relay_parked_total{",
                        "reliable_mq_direct_lost_total{",
                        "reliable_mq_direct_send_seconds_count{",
                        "reliable_mq_reconciliation_missing ",
                        "reliable_mq_listener_backlog{",
                        "reliable_mq_listener_dead_letters_open{",
                        "reliable_mq_broker_replica_behind_bytes{",
                        "reliable_mq_doctor_findings{rule=\"disk\"")
                .allMatch(text::contains));
        scrape = Scrape.of(get("/actuator/prometheus"));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static void anOutage() {
        EmbeddedBroker broker = application.getBean(EmbeddedBroker.class);
        broker.faults().stop(BrokerPart.REPLICA);
        place("o-1", "apple");
        await().atMost(SOON).until(() -> metric("reliable_mq_relay_topics_in_outage", value -> value > 0));
        broker.faults().restart(BrokerPart.REPLICA);
        await().atMost(SOON).until(() -> metric("reliable_mq_relay_topics_in_outage", value -> value == 0));
    }

    private static void aHandlerThatFailsForAWhile() {
        JdbcClient jdbc = application.getBean(JdbcClient.class);
        jdbc.sql("alter table notification rename to notification_away").update();
        place("o-2", "apple");
        await().atMost(SOON).until(() -> get("/actuator/prometheus").contains("reliable_mq_listener_failures_total{"));
        jdbc.sql("alter table notification_away rename to notification").update();
    }

    private static void aDeadLetter() {
        place("o-3", "durian");
    }

    private static void aDuplicate() {
        UUID id = UUID.randomUUID();
        byte[] order = ("{\"id\":\"o-4\",\"item\":\"apple\",\"quantity\":1,\"customer\":\"" + CANARY + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2; i++) {
            OutgoingMessage copy = new OutgoingMessage(
                    id,
                    "orders",
                    "placed",
                    null,
                    null,
                    "application/json",
                    order,
                    Map.of(),
                    System.currentTimeMillis(),
                    0);
            application
                    .getBean(MessageSender.class)
                    .send(copy)
                    .toCompletableFuture()
                    .join();
        }
    }

    private static void refusedAndPastTheOutbox() {
        Outbox outbox = application.getBean(Outbox.class);
        TransactionTemplate transaction = application.getBean(TransactionTemplate.class);
        transaction.executeWithoutResult(status -> outbox.send(
                OutboxMessage.to("nowhere:placed").header("card", CANARY).payload(CANARY)));
        Assertions.assertThatThrownBy(() -> transaction.executeWithoutResult(status -> outbox.send("no topic", "text")))
                .isInstanceOf(MessageRejectedException.class);
        outbox.send(OutboxMessage.to("orders:seen").mode(SendMode.DIRECT).payload(CANARY));
        outbox.send(OutboxMessage.to("nowhere:seen").mode(SendMode.DIRECT).payload(CANARY));
    }

    /** A lost lease, a busy broker and an acknowledgement without an answer: the meters are told as the relay and a listener would. */
    private static void whatATestCannotBringAbout() {
        ListenerEndpoint listener = application
                .getBean(ListenerEndpoints.class)
                .ofGroup("inventory")
                .orElseThrow();
        application
                .getBeansOfType(ListenerObserver.class)
                .values()
                .forEach(meters -> meters.acknowledgementFailed(listener, new IOException("as a test")));
        OutgoingMessage message = new OutgoingMessage(
                UUID.randomUUID(), "orders", null, null, null, "text/plain", new byte[0], Map.of(), 0, 0);
        application.getBeansOfType(RelayObserver.class).values().forEach(meters -> {
            meters.fenced("as a test");
            meters.busy(message, "as a test");
        });
    }

    private static void place(String id, String item) {
        http.post()
                .uri("/orders")
                .body(new Order(id, item, 1, CANARY))
                .retrieve()
                .toBodilessEntity();
    }

    private static String get(String path) {
        return http.get().uri(path).retrieve().body(String.class);
    }

    private static boolean metric(String name, Predicate<Double> condition) {
        return Pattern.compile("(?m)^" + name + " (\\S+)$")
                .matcher(get("/actuator/prometheus"))
                .results()
                .map((MatchResult sample) -> Double.valueOf(sample.group(1)))
                .anyMatch(condition);
    }

    @Test
    void everyMeterAndLabelOfTheAlertsIsInAScrape() throws IOException {
        assertThat(alerts()).isNotEmpty().allSatisfy(alert -> {
            PromqlExpression expression = PromqlExpression.of((String) alert.get("expr"));
            assertThat(expression.selectors()).isNotEmpty();
            assertThat(scrape.missing(expression, documentation)).isEmpty();
            assertThat(labelsIn(annotations(alert).get("summary"), "\\$labels\\.(\\w+)"))
                    .isSubsetOf(expression.grouping());
        });
    }

    @Test
    void everyMeterAndLabelOfTheDashboardIsInAScrape() throws IOException {
        List<JsonNode> targets = dashboard().findValues("targets").stream()
                .flatMap(JsonNode::valueStream)
                .toList();
        assertThat(targets).isNotEmpty().allSatisfy(target -> {
            PromqlExpression expression = PromqlExpression.of(target.get("expr").asString());
            assertThat(expression.selectors()).isNotEmpty();
            assertThat(scrape.missing(expression, documentation)).isEmpty();
            Set<String> legend = labelsIn(target.get("legendFormat").asString(), "\\{\\{(\\w+)}}");
            assertThat(expression.grouping().isEmpty() ? Set.of("instance") : expression.grouping())
                    .containsAll(legend);
        });
    }

    @Test
    void theListOfApplicationsOfTheDashboardComesFromAMeterOfAll() throws IOException {
        assertThat(dashboard().findValuesAsString("definition"))
                .containsExactly("label_values(reliable_mq_doctor_findings, job)");
        assertThat(scrape.meters()).containsKey("reliable_mq_doctor_findings");
    }

    @Test
    void whatIsInNoScrapeIsNoticed() {
        assertThat(missing("sum by (job, topic) (rate(reliable_mq_relay_sent_total[5m])) > 0"))
                .containsExactly("meter reliable_mq_relay_sent_total");
        assertThat(missing("sum by (job, queue) (rate(reliable_mq_relay_retries_total{job=~\"$job\"}[5m] offset 5m))"))
                .containsExactly("label queue of reliable_mq_relay_retries_total");
        assertThat(missing("max(reliable_mq_doctor_findings{rule=\"disc\", status=~\"warn|bad\"} unless on (job) up)"))
                .containsExactlyInAnyOrder(
                        "rule=disc of reliable_mq_doctor_findings",
                        "status=bad of reliable_mq_doctor_findings",
                        "meter up");
        assertThat(missing("reliable_mq_outbox_waiting{reason=\"overloaded\"}"))
                .containsExactly("reason=overloaded of reliable_mq_outbox_waiting");
    }

    /** After all of that, at level DEBUG: nothing that is read over HTTP, and no line of the log. */
    @Test
    void noPayloadHeaderOrPasswordIsSeenAnywhere(CapturedOutput output) {
        List<String> pages = new ArrayList<>(
                List.of("/actuator/prometheus", "/actuator/health", "/actuator/info", "/actuator/reliablemq"));
        for (String section : List.of(
                "lanes",
                "backlog",
                "parked",
                "archive?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
                "dead-letters",
                "listeners",
                "doctor",
                "reconciliation",
                "reconciliation/lines",
                "audit?of=outbox",
                "audit?of=dead-letters")) {
            pages.add("/actuator/reliablemq/" + section);
        }
        assertThat(get("/actuator/reliablemq/parked")).contains("nowhere");
        assertThat(get("/actuator/reliablemq/dead-letters")).contains("inventory");
        assertThat(pages).allSatisfy(page -> assertThat(get(page)).isNotEmpty().doesNotContain(CANARY));
        assertThat(output.getAll())
                .contains(
                        "is written", "is stored", "became a dead letter", "was settled before", "Parked 1 message(s)")
                .doesNotContain(CANARY);
    }

    private static List<String> missing(String expression) {
        return scrape.missing(PromqlExpression.of(expression), documentation);
    }

    @Test
    void everyAlertHasASectionInTheRunbookAndEverySectionAnAlert() throws IOException {
        Set<String> names =
                alerts().stream().map(alert -> (String) alert.get("alert")).collect(Collectors.toSet());
        Set<String> sections =
                labelsIn(Files.readString(OPERATIONS.resolve("runbook.md")), "(?m)^## (ReliableMq\\w+)$");
        assertThat(sections).isEqualTo(names);
        assertThat(alerts()).allSatisfy(alert -> assertThat(annotations(alert).get("runbook_url"))
                .isEqualTo("../runbook.md#" + ((String) alert.get("alert")).toLowerCase(java.util.Locale.ROOT)));
    }

    private static Set<String> labelsIn(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult label) -> label.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> alerts() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(Files.readString(OPERATIONS.resolve("alerts/reliable-mq.yml")));
        return file.get("groups").stream()
                .flatMap(group -> group.get("rules").stream())
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> annotations(Map<String, Object> alert) {
        return (Map<String, String>) alert.get("annotations");
    }

    private static JsonNode dashboard() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(OPERATIONS.resolve("dashboard.json")));
    }
}
