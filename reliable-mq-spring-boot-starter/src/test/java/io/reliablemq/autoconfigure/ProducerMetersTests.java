package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Edit;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.retention.ArchivePurge;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadEncryption;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Each meter of the producer side in docs/observing.md moves when that happens which it counts. */
class ProducerMetersTests {

    private static final SendOutcome STORED = new SendOutcome.Stored();
    private static final SendOutcome UNKNOWN = new SendOutcome.Unknown("nobody answers");
    private static final SendOutcome REFUSED =
            new SendOutcome.Refused(SendOutcome.Reason.WRONG_TOPIC_TYPE, "a FIFO topic");

    private final Database database = TestDatabase.H2.create();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private volatile Function<OutgoingMessage, SendOutcome> broker = message -> STORED;
    private final CompletableFuture<SendOutcome> open = new CompletableFuture<>();
    private final ApplicationContextRunner writing = writing(meters);
    private final ApplicationContextRunner relaying = writing.withPropertyValues(
            "reliable-mq.outbox.relay.enabled=true",
            "reliable-mq.outbox.relay.lease=1s",
            "reliable-mq.outbox.relay.retry-initial=1ms",
            "reliable-mq.outbox.relay.retry-max=1ms",
            "reliable-mq.outbox.relay.shutdown-timeout=1ms");

    private ApplicationContextRunner writing(MeterRegistry registry) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        RocketMqAutoConfiguration.class,
                        ReliableMqMetricsAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        ReliableMqGaugesAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> registry)
                .withBean(MessageSender.class, () -> message -> {
                    SendOutcome outcome = broker.apply(message);
                    return outcome == null ? open : CompletableFuture.completedFuture(outcome);
                })
                .withPropertyValues(
                        "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                        "reliable-mq.outbox.relay.enabled=false",
                        "reliable-mq.outbox.metrics.refresh=10ms",
                        "reliable-mq.outbox.admission.policy=off",
                        "reliable-mq.direct.retry-initial=1ms",
                        "reliable-mq.direct.retry-max=1ms",
                        "reliable-mq.direct.shutdown-timeout=1ms",
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password());
    }

    @AfterEach
    void everyMeterThereIsIsInTheTable() throws IOException {
        Set<String> documented = documented();
        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getName())
                .filteredOn(name -> name.startsWith("reliable.mq."))
                .isNotEmpty()
                .isSubsetOf(documented);
    }

    @Test
    void everyMeterOfTheTableIsInATest() throws IOException {
        String here = Files.readString(Path.of(
                "src/test/java/io/reliablemq/autoconfigure/" + getClass().getSimpleName() + ".java"));
        assertThat(documented()).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(here)
                .contains("\"" + name + "\""));
        writing.run(context -> assertThat(context).hasNotFailed());
    }

    private static Set<String> documented() throws IOException {
        return Pattern.compile("(?m)^\\| `(reliable\\.mq\\.[a-z.]+)` \\| (counter|timer|gauge) \\|")
                .matcher(Files.readString(Path.of("../docs/observing.md")).split("## Meters of the consumer side")[0])
                .results()
                .map((MatchResult row) -> row.group(1))
                .collect(Collectors.toSet());
    }

    /** A measurement that a busy machine makes slow is followed by a rest of twenty times as long. */
    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(1));
    }

    private double count(String name, String... tags) {
        Counter counter = meters.find(name).tags(tags).counter();
        return counter == null ? 0 : counter.count();
    }

    private long recorded(String name, String... tags) {
        Timer timer = meters.find(name).tags(tags).timer();
        return timer == null ? 0 : timer.count();
    }

    private double mostSeconds(String name) {
        Timer timer = meters.find(name).timer();
        return timer == null ? -1 : timer.max(TimeUnit.SECONDS);
    }

    private double value(String name) {
        Gauge gauge = meters.find(name).gauge();
        return gauge == null ? -1 : gauge.value();
    }

    private void until(Function<ProducerMetersTests, Double> meter, double expected) {
        await().untilAsserted(() -> assertThat(meter.apply(this)).isEqualTo(Double.valueOf(expected)));
    }

    private static UUID send(ApplicationContext context, OutboxMessage message) {
        return context.getBean(TransactionTemplate.class)
                .execute(status -> context.getBean(Outbox.class).send(message));
    }

    private static OutboxMessage.Builder order() {
        return OutboxMessage.to("orders:placed");
    }

    private static OutboxMessage.Builder click() {
        return OutboxMessage.to("clicks").mode(SendMode.DIRECT);
    }

    @Test
    void countsWhatIsCommittedAndNotWhatIsRolledBack() {
        writing.run(context -> {
            Outbox outbox = context.getBean(Outbox.class);
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                outbox.send("orders", "rolled back");
                status.setRollbackOnly();
            });
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                outbox.send("orders", "now");
                outbox.send(order().delay(Duration.ofHours(1)).payload("later"));
                outbox.cancel(outbox.send("orders", "never"));
                outbox.send("invoices", "now");
                outbox.send(click().payload("past the outbox"));
            });

            assertThat(count("reliable.mq.outbox.written", "topic", "orders")).isEqualTo(2);
            assertThat(count("reliable.mq.outbox.written", "topic", "invoices")).isEqualTo(1);
            assertThat(count("reliable.mq.outbox.written", "topic", "clicks")).isZero();
        });
    }

    @Test
    void countsRefusalsByTheirReason() {
        writing.withPropertyValues(
                        "reliable-mq.outbox.admission.policy=refuse",
                        "reliable-mq.outbox.admission.max-rows=1",
                        "reliable-mq.outbox.admission.refresh=100ms")
                .run(context -> {
                    assertThatThrownBy(() -> context.getBean(Outbox.class).send("orders", "a"))
                            .isInstanceOf(TransactionRequiredException.class);
                    assertThat(count("reliable.mq.outbox.refused", "reason", "no_transaction"))
                            .isEqualTo(1);

                    assertThatThrownBy(() -> send(context, OutboxMessage.to(" ").payload("a")))
                            .isInstanceOf(MessageRejectedException.class);
                    assertThat(count("reliable.mq.outbox.refused", "reason", "illegal_message"))
                            .isEqualTo(1);

                    await().untilAsserted(() -> assertThatThrownBy(() -> send(context, order().payload("one more")))
                            .isInstanceOf(OutboxOverloadedException.class));
                    assertThat(count("reliable.mq.outbox.refused", "reason", "overloaded"))
                            .isEqualTo(1);
                });
    }

    @Test
    void countsASendThatItsEncryptionFails() {
        writing.withBean(PayloadEncryption.class, () -> new PayloadEncryption() {
                    @Override
                    public String name() {
                        return "vault";
                    }

                    @Override
                    public byte[] encrypt(OutgoingMessage message) {
                        throw new IllegalStateException("sealed");
                    }
                })
                .run(context -> {
                    assertThatThrownBy(() -> send(context, order().payload("a")))
                            .hasMessage("sealed");
                    assertThat(count("reliable.mq.outbox.refused", "reason", "other"))
                            .isEqualTo(1);
                });
    }

    @Test
    void countsWhatIsLetThroughBeyondALimit() {
        writing.withPropertyValues(
                        "reliable-mq.outbox.admission.policy=warn",
                        "reliable-mq.outbox.admission.max-rows=1",
                        "reliable-mq.outbox.admission.refresh=100ms")
                .run(context -> await().until(() -> {
                    send(context, order().payload("one more"));
                    return count("reliable.mq.outbox.admission.warnings") > 0;
                }));
    }

    @Test
    void countsTheAnswersOfCancel() {
        writing.run(context -> {
            Outbox outbox = context.getBean(Outbox.class);
            UUID late = send(context, order().payload("now"));
            UUID early = send(context, order().delay(Duration.ofHours(1)).payload("later"));
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                outbox.cancel(late);
                outbox.cancel(early);
                outbox.cancel(early);
            });

            assertThat(count("reliable.mq.outbox.cancellations", "outcome", "cancelled"))
                    .isEqualTo(1);
            assertThat(count("reliable.mq.outbox.cancellations", "outcome", "too_late"))
                    .isEqualTo(2);
        });
    }

    @Test
    void showsWhatIsInTheDatabase() {
        writing.run(context -> {
            until(test -> test.value("reliable.mq.outbox.waiting"), 0);
            send(context, order().payload("a"));
            send(context, order().payload("b"));
            send(context, order().delay(Duration.ofHours(1)).payload("later"));
            new JdbcTemplate(context.getBean(DataSource.class))
                    .update("UPDATE reliable_mq_outbox SET written_at_ms = written_at_ms - 3600000");

            until(test -> test.value("reliable.mq.outbox.waiting"), 2);
            until(test -> test.value("reliable.mq.outbox.delayed"), 1);
            until(test -> test.value("reliable.mq.outbox.parked"), 0);
            TimeGauge age = meters.find("reliable.mq.outbox.waiting.age").timeGauge();
            await().untilAsserted(() -> assertThat(age.value(TimeUnit.HOURS)).isBetween(1.0, 1.5));
        });
    }

    @Test
    void showsNoNumberWhileTheDatabaseDoesNotAnswer() {
        writing.run(context -> {
            until(test -> test.value("reliable.mq.outbox.waiting"), 0);
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            jdbc.execute("ALTER TABLE reliable_mq_outbox_due RENAME TO hidden");
            until(test -> test.value("reliable.mq.outbox.waiting"), Double.NaN);

            jdbc.execute("ALTER TABLE hidden RENAME TO reliable_mq_outbox_due");
            until(test -> test.value("reliable.mq.outbox.waiting"), 0);
        });
    }

    @Test
    void timesWhatTheRelaySendsAndCountsWhatItSettles() {
        broker = message -> null;
        relaying.run(context -> {
            for (int i = 0; i < 20; i++) {
                send(context, order().payload("a"));
            }
            until(test -> test.value("reliable.mq.relay.in.flight"), 20);
            open.complete(STORED);

            until(test -> test.count("reliable.mq.relay.settled"), 20);
            assertThat(recorded("reliable.mq.relay.send", "topic", "orders")).isEqualTo(20);
            assertThat(mostSeconds("reliable.mq.relay.send")).isBetween(1e-6, 60.0);
        });
    }

    @Test
    void tellsTheObserversOfTheApplicationToo() {
        AtomicInteger settled = new AtomicInteger();
        relaying.withBean(RelayObserver.class, () -> new RelayObserver() {
                    @Override
                    public void settled(int rows) {
                        settled.addAndGet(rows);
                    }
                })
                .run(context -> {
                    send(context, order().payload("a"));
                    await().untilAtomic(settled, org.hamcrest.Matchers.is(1));
                    until(test -> test.count("reliable.mq.relay.settled"), 1);
                });
    }

    @Test
    void countsRetriesAndOutagesAndTimesThem() {
        broker = message -> UNKNOWN;
        relaying.run(context -> {
            send(context, order().payload("a"));
            until(test -> test.count("reliable.mq.relay.outages", "topic", "orders"), 1);
            assertThat(count("reliable.mq.relay.retries", "topic", "orders")).isGreaterThanOrEqualTo(3);
            until(test -> test.value("reliable.mq.relay.topics.in.outage"), 1);

            broker = message -> STORED;

            until(test -> (double) test.recorded("reliable.mq.relay.outage", "topic", "orders"), 1);
            until(test -> test.value("reliable.mq.relay.topics.in.outage"), 0);
            assertThat(count("reliable.mq.relay.outages", "topic", "orders")).isEqualTo(1);
            assertThat(mostSeconds("reliable.mq.relay.outage")).isBetween(1e-3, 120.0);
        });
    }

    @Test
    void countsWhatABusyBrokerTurnsAway() {
        broker = message -> new SendOutcome.Busy("flow control");
        relaying.run(context -> {
            send(context, order().payload("a"));
            await().until(() -> count("reliable.mq.relay.busy", "topic", "orders") >= 2);
            broker = message -> STORED;
        });
    }

    @Test
    void countsWhatIsParkedByItsReason() {
        broker = message -> REFUSED;
        relaying.run(context -> {
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                context.getBean(Outbox.class).send(order().orderedBy("ann").payload("a"));
                context.getBean(Outbox.class).send(order().orderedBy("ann").payload("b"));
            });
            until(test -> test.count("reliable.mq.relay.parked", "topic", "orders", "reason", "wrong_topic_type"), 2);
            send(context, order().orderedBy("ann").payload("c"));
            until(test -> test.count("reliable.mq.relay.parked", "topic", "orders", "reason", "behind_parked"), 1);
            until(test -> test.value("reliable.mq.outbox.parked"), 3);

            List<RowRef> parked = context.getBean(JdbcOutbox.class).store().parked(10).stream()
                    .map(one -> one.row().ref())
                    .toList();
            broker = message -> STORED;
            context.getBean(JdbcOutbox.class).store().release(parked);
            until(test -> test.value("reliable.mq.outbox.parked"), 0);
        });
    }

    @Test
    void countsWhatOperatorsDo() {
        broker = message -> REFUSED;
        relaying.withPropertyValues("reliable-mq.outbox.retention=7d").run(context -> {
            UUID first = send(context, order().payload("a"));
            send(context, order().payload("b"));
            send(context, order().payload("c"));
            until(test -> test.value("reliable.mq.outbox.parked"), 3);
            broker = message -> STORED;
            OutboxOperations operations = context.getBean(OutboxOperations.class);
            Action action = Action.by("alice", "by the test");

            operations.release(Parked.all(), 10, action.asDryRun());
            operations.edit(first, Edit.nothing().tag("other"), action);
            operations.skip(first, action);
            operations.skip(first, action);
            operations.release(Parked.all(), 10, action);
            assertThatThrownBy(() -> operations.release(Parked.all(), 0, action))
                    .isInstanceOf(IllegalArgumentException.class);
            until(test -> test.count("reliable.mq.relay.settled"), 2);
            new JdbcTemplate(context.getBean(DataSource.class))
                    .update("UPDATE reliable_mq_outbox_archive SET archived_at_ms = 1000");
            Archived sent = Archived.sent(Instant.ofEpochMilli(0), Instant.ofEpochMilli(2000));
            operations.replay(sent, 10, action.asDryRun());
            operations.replay(sent, 10, action);
            operations.changeLanes(32, action);

            assertThat(operations("edit", "done")).isEqualTo(1);
            assertThat(operations("skip", "done")).isEqualTo(1);
            assertThat(operations("skip", "nothing")).isEqualTo(1);
            assertThat(operations("release", "done")).isEqualTo(1);
            assertThat(operations("release", "failed")).isEqualTo(1);
            assertThat(operations("replay", "done")).isEqualTo(1);
            assertThat(operations("change_lanes", "done")).isEqualTo(1);
            assertThat(count("reliable.mq.outbox.operations.messages", "operation", "replay"))
                    .isEqualTo(2);
            assertThat(meters.find("reliable.mq.outbox.operations.messages").counters().stream()
                            .mapToDouble(Counter::count)
                            .sum())
                    .as("edit 1, skip 1, release 2, replay 2")
                    .isEqualTo(6);
        });
    }

    private double operations(String operation, String outcome) {
        return count("reliable.mq.outbox.operations", "operation", operation, "outcome", outcome);
    }

    @Test
    void showsWhatIsInTheArchiveAndCountsWhatIsPurged() {
        relaying.withPropertyValues("reliable-mq.outbox.retention=1h").run(context -> {
            send(context, order().payload("a"));
            send(context, order().payload("b"));
            until(test -> test.value("reliable.mq.outbox.archived"), 2);
            new JdbcTemplate(context.getBean(DataSource.class))
                    .update("UPDATE reliable_mq_outbox_archive SET archived_at_ms = archived_at_ms - 7200000");
            TimeGauge age = meters.find("reliable.mq.outbox.archived.age").timeGauge();
            await().untilAsserted(() -> assertThat(age.value(TimeUnit.HOURS)).isBetween(2.0, 2.5));

            purgeAtOnce(context);

            until(test -> test.count("reliable.mq.relay.purged"), 2);
            until(test -> test.value("reliable.mq.outbox.archived"), 0);
        });
    }

    /** The application's own purge, whose first round begins within a minute. */
    @Test
    void purgesWhatIsOlderThanTheRetention() {
        relaying.withPropertyValues("reliable-mq.outbox.retention=1h").run(context -> {
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            UUID old = send(context, order().payload("a"));
            UUID young = send(context, order().payload("b"));
            until(test -> test.value("reliable.mq.outbox.archived"), 2);
            String older =
                    "UPDATE reliable_mq_outbox_archive SET archived_at_ms = archived_at_ms - ? WHERE message_id = ?";
            jdbc.update(older, Duration.ofMinutes(30).toMillis(), young);
            jdbc.update(older, Duration.ofMinutes(90).toMillis(), old);

            await().atMost(Duration.ofMinutes(3)).until(() -> archived(jdbc).equals(List.of(young)));
        });
    }

    private static List<UUID> archived(JdbcTemplate jdbc) {
        return jdbc.queryForList("SELECT message_id FROM reliable_mq_outbox_archive", UUID.class);
    }

    /** Of two that look at the same outbox, one hears of nothing new while the other follows every message. */
    @Test
    void measuresAsOftenAsTheRefreshSays() {
        MeterRegistry hourly = new SimpleMeterRegistry();
        writing(hourly)
                .withPropertyValues("reliable-mq.outbox.metrics.refresh=1h")
                .run(seldom -> {
                    Gauge waiting = hourly.get("reliable.mq.outbox.waiting").gauge();
                    await().until(() -> waiting.value() == 0);
                    writing.run(context -> {
                        for (int i = 1; i <= 20; i++) {
                            int rows = i;
                            send(context, order().payload("a"));
                            until(test -> test.value("reliable.mq.outbox.waiting"), rows);
                        }
                    });
                    assertThat(waiting.value()).isZero();
                });
    }

    /** The application would, within a minute. */
    private static void purgeAtOnce(ApplicationContext context) {
        ArchivePurge purge = new ArchivePurge(
                context.getBean(JdbcOutbox.class).archive(),
                Duration.ofHours(1),
                Duration.ofMillis(10),
                context.getBean(MeterRelayObserver.class));
        purge.start();
        await().until(() ->
                context.getBean(JdbcOutbox.class).archive().content().rows() == 0);
        purge.stop(Duration.ofSeconds(5));
    }

    @Test
    void countsDelayedMessagesWhoseTimeHasCome() {
        relaying.run(context -> {
            send(context, order().delay(Duration.ofHours(1)).payload("later"));
            send(context, order().delay(Duration.ofHours(1)).payload("later"));
            new JdbcTemplate(context.getBean(DataSource.class))
                    .update("UPDATE reliable_mq_outbox_due SET move_at_ms = 0");

            until(test -> test.count("reliable.mq.relay.moved"), 2);
            until(test -> test.count("reliable.mq.relay.settled"), 2);
        });
    }

    @Test
    void showsWhatTheRelayHasInHand() {
        broker = message -> null;
        relaying.withPropertyValues("reliable-mq.outbox.relay.max-in-flight=2").run(context -> {
            for (int i = 0; i < 3; i++) {
                send(context, order().payload("a"));
            }
            until(test -> test.value("reliable.mq.relay.lanes"), 16);
            until(test -> test.value("reliable.mq.relay.held"), 3);
            until(test -> test.value("reliable.mq.relay.in.flight"), 2);
            open.complete(STORED);
            broker = message -> STORED;
            until(test -> test.value("reliable.mq.relay.held"), 0);
        });
    }

    @Test
    void countsHowOftenTheRelayMayHaveLostItsLanes() {
        relaying.run(context -> {
            until(test -> test.value("reliable.mq.relay.lanes"), 16);
            assertThat(count("reliable.mq.relay.fenced")).isZero();
            new JdbcTemplate(context.getBean(DataSource.class)).update("DELETE FROM reliable_mq_outbox_node");

            until(test -> test.count("reliable.mq.relay.fenced"), 1);
        });
    }

    @Test
    void timesWhatGoesPastTheOutboxAndCountsItsRetries() {
        AtomicInteger attempts = new AtomicInteger();
        broker = message -> attempts.incrementAndGet() < 3 ? UNKNOWN : STORED;
        writing.run(context -> {
            context.getBean(Outbox.class).send(click().payload("a"));

            until(test -> (double) test.recorded("reliable.mq.direct.send", "topic", "clicks"), 1);
            assertThat(count("reliable.mq.direct.retries", "topic", "clicks")).isEqualTo(2);
            assertThat(mostSeconds("reliable.mq.direct.send")).isBetween(1e-4, 60.0);
        });
    }

    @Test
    void countsWhatIsLostOnItsWayPastTheOutbox() {
        broker = message -> REFUSED;
        writing.run(context -> {
            context.getBean(Outbox.class).send(click().payload("a"));

            until(test -> test.count("reliable.mq.direct.lost", "topic", "clicks", "reason", "refused"), 1);
        });
    }

    @Test
    void showsWhatIsOnItsWayPastTheOutbox() {
        broker = message -> null;
        writing.run(context -> {
            context.getBean(Outbox.class).send(click().payload(new byte[10_000]));
            assertThat(value("reliable.mq.direct.in.flight")).isEqualTo(1);
            assertThat(value("reliable.mq.direct.in.flight.size")).isBetween(10_000.0, 20_000.0);
            assertThat(meters.get("reliable.mq.direct.in.flight.size")
                            .gauge()
                            .getId()
                            .getBaseUnit())
                    .isEqualTo("bytes");
            open.complete(STORED);
            until(test -> test.value("reliable.mq.direct.in.flight"), 0);
        });
    }
}
