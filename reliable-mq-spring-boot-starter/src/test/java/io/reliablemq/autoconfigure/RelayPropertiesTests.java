package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ProducerApplication.STORED;
import static io.reliablemq.autoconfigure.ProducerApplication.UNKNOWN;
import static io.reliablemq.autoconfigure.ProducerApplication.count;
import static io.reliablemq.autoconfigure.ProducerApplication.send;
import static io.reliablemq.autoconfigure.ProducerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayStatus;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

/** What each property of the relay changes. Where it is a time, the same is done with two values. */
class RelayPropertiesTests {

    private static final int LANE = 3;
    private static final int HEARTBEATS = 6;

    private final ProducerApplication application = new ProducerApplication(TestDatabase.H2.create());

    @Test
    void lanesAreSharedByAllInstances() {
        application.with("reliable-mq.outbox.relay.lanes=8").run(context -> {
            assertThat(count(context, "reliable_mq_outbox_lane")).isEqualTo(8);
            untilItOwns(8, context);
        });
        application.with("reliable-mq.outbox.relay.lanes=5").run(context -> untilItOwns(8, context));
    }

    @Test
    void lanesAreChangedWhileInstancesRun() {
        String soon = "reliable-mq.outbox.relay.trailing=100ms";
        application.with("reliable-mq.outbox.relay.lanes=8", soon).run(relay -> application
                .with("reliable-mq.outbox.relay.enabled=false")
                .run(writer -> {
                    untilItOwns(8, relay);
                    until(() -> count(relay, "reliable_mq_outbox_node") == 2);
                    OutboxOperations operations = writer.getBean(OutboxOperations.class);

                    operations.changeLanes(5, OutboxOperations.Action.by("alice", "fewer instances"));

                    List<UUID> ids = sendUntilSettled(operations, writer);
                    until(() -> application.sent.size() == ids.size());
                    assertThat(application.sent)
                            .extracting(OutgoingMessage::id)
                            .as("in their order, each once")
                            .isEqualTo(ids);
                    assertThat(operations.lanes().to()).isEqualTo(5);
                    until(() -> writer.getBean(CurrentLayout.class).get().lanes() == 5);
                    untilItOwns(5, relay);
                }));
    }

    private static List<UUID> sendUntilSettled(OutboxOperations operations, ApplicationContext writer) {
        List<UUID> ids = new ArrayList<>();
        do {
            ids.add(send(writer, ProducerApplication.ordered("key")));
        } while (operations.lanes().stage() != OutboxOperations.Stage.SETTLED);
        ids.add(send(writer, ProducerApplication.ordered("key")));
        return ids;
    }

    @Test
    void leaseIsTheTimeThatOthersWait() {
        String inFiveMinutes =
                "reliable_mq_outbox_node WHERE lease_until_ms > 300000 + EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000";
        application.with("reliable-mq.outbox.relay.lease=10m").run(context -> {
            untilItOwns(16, context);
            assertThat(count(context, inFiveMinutes)).isEqualTo(1);
        });
        application.with("reliable-mq.outbox.relay.lease=2s").run(context -> {
            untilItOwns(16, context);
            assertThat(count(context, inFiveMinutes)).isZero();
        });
    }

    /** What it owned is taken after two leases of those who watch it, however long its own would go on. */
    @Test
    void leaseIsHowLongASilentProcessKeepsItsLanes() {
        application.with("reliable-mq.outbox.relay.enabled=false").run(context -> assertThat(context)
                .hasNotFailed());
        ToIntFunction<ApplicationContext> millisUntilItOwnsAll = context -> {
            long before = System.nanoTime();
            untilItOwns(16, context);
            return (int) ((System.nanoTime() - before) / 1_000_000);
        };
        ownsAllAndIsSilent();
        int patient = observed(millisUntilItOwnsAll, "reliable-mq.outbox.relay.lease=6s");
        ownsAllAndIsSilent();
        int impatient = observed(millisUntilItOwnsAll, "reliable-mq.outbox.relay.lease=1s");
        assertThat(2 * impatient).isLessThan(patient);
    }

    private void ownsAllAndIsSilent() {
        UUID node = UUID.randomUUID();
        LaneStore lanes = application.outboxElsewhere().lanes();
        lanes.join(node, "silent", Duration.ofHours(1));
        assertThat(lanes.claim(node, 16)).hasSize(16);
    }

    @Test
    void pollMaxIsThePauseWhileThereIsNothing() {
        ToIntFunction<ApplicationContext> connections = context -> {
            untilItOwns(16, context);
            return application.during(HEARTBEATS, application.connections::get);
        };
        int rarely = observed(connections, "reliable-mq.outbox.relay.poll-max=1m");
        int often =
                observed(connections, "reliable-mq.outbox.relay.poll-min=1ms", "reliable-mq.outbox.relay.poll-max=1ms");
        assertThat(often).isGreaterThan(2 * rarely);
    }

    @Test
    void pollMinIsThePauseWhileThereIsSomething() {
        AtomicInteger written = new AtomicInteger();
        application.broker = message -> {
            CompletableFuture.runAsync(() -> writeElsewhere(written.incrementAndGet()));
            return STORED;
        };
        ToIntFunction<ApplicationContext> sent = context -> {
            until(() -> !application.sent.isEmpty());
            return application.during(HEARTBEATS, application.sent::size);
        };
        writeElsewhere(0, "reliable-mq.outbox.relay.poll-max=1m");
        int slowly = observed(sent, "reliable-mq.outbox.relay.poll-min=1m", "reliable-mq.outbox.relay.poll-max=1m");
        int fast = observed(sent, "reliable-mq.outbox.relay.poll-min=1ms", "reliable-mq.outbox.relay.poll-max=1m");
        assertThat(slowly).isLessThanOrEqualTo(1);
        assertThat(fast).isGreaterThan(5);
    }

    @Test
    void trailingIsHowLongLateCommitsAreLookedForClosely() {
        commitLate(this::untilItIsSent, "reliable-mq.outbox.relay.trailing=10m", "reliable-mq.outbox.relay.sweep=1h");
        commitLate(
                () -> assertThat(application.during(HEARTBEATS, application.sent::size))
                        .isZero(),
                "reliable-mq.outbox.relay.trailing=1ms",
                "reliable-mq.outbox.relay.sweep=1h");
    }

    @Test
    void sweepFindsWhatWasCommittedTooLateForThat() {
        commitLate(this::untilItIsSent, "reliable-mq.outbox.relay.trailing=1ms", "reliable-mq.outbox.relay.sweep=50ms");
    }

    /** After the one that overtook it. */
    private void untilItIsSent() {
        until(() -> application.sent.size() == 2);
    }

    @Test
    void maxInFlightLimitsTheSendsWithoutAnAnswer() {
        application.broker = message -> null;
        application
                .with("reliable-mq.outbox.relay.max-in-flight=3", SHORT_SHUTDOWN)
                .run(context -> {
                    sendMany(10, "text", context);
                    until(() -> relay(context).status().inFlight() == 3);
                    assertThat(application.during(HEARTBEATS, application.sent::size))
                            .isZero();
                });
    }

    /** With some of one page more, which was on its way. */
    @Test
    void maxHeldAndMaxHeldSizeLimitTheMemory() {
        application.broker = message -> null;
        assertThat(mostHeld(2000, "text", "reliable-mq.outbox.relay.max-held=5"))
                .isBetween(5, 505);
        assertThat(mostHeld(30, "a".repeat(1_000_000), "reliable-mq.outbox.relay.max-held-size=8MB"))
                .isBetween(5, 24);
    }

    /** Until the relay finds out that nothing is answered, and lets go of them. */
    private int mostHeld(int messages, String payload, String property) {
        application.with("reliable-mq.outbox.relay.enabled=false").run(context -> sendMany(messages, payload, context));
        AtomicInteger most = new AtomicInteger();
        application
                .with(SHORT_SHUTDOWN, "reliable-mq.outbox.relay.max-in-flight=1", property)
                .run(context -> until(() -> {
                    RelayStatus status = relay(context).status();
                    most.accumulateAndGet(status.held(), Math::max);
                    return !status.outages().isEmpty();
                }));
        deleteAll();
        return most.get();
    }

    @Test
    void retriesBeginWithTheInitialPauseAndEndWithTheLongest() {
        application.broker = message -> UNKNOWN;
        ToIntFunction<ApplicationContext> attempts = context -> {
            int seen = application.sent.size();
            send(context, OutboxMessage.to("topic").payload("text"));
            until(() -> application.sent.size() > seen);
            int more = application.during(HEARTBEATS, application.sent::size);
            deleteAll();
            return more;
        };
        int initialLong = observed(
                attempts, "reliable-mq.outbox.relay.retry-initial=1h", "reliable-mq.outbox.relay.retry-max=1h");
        int growing = observed(
                attempts, "reliable-mq.outbox.relay.retry-initial=1ms", "reliable-mq.outbox.relay.retry-max=1h");
        int constant = observed(
                attempts, "reliable-mq.outbox.relay.retry-initial=1ms", "reliable-mq.outbox.relay.retry-max=1ms");
        assertThat(initialLong).isZero();
        assertThat(growing).isPositive();
        assertThat(constant).isGreaterThan(2 * growing);
    }

    @Test
    void shutdownTimeoutIsHowLongASendWithoutAnswerIsWaitedFor() {
        application.broker = message -> null;
        ToIntFunction<ApplicationContext> shutdownMillis = context -> {
            send(context, OutboxMessage.to("topic").payload("text"));
            until(() -> relay(context).status().inFlight() >= 1);
            long before = System.nanoTime();
            relay(context).stop();
            return (int) ((System.nanoTime() - before) / 1_000_000);
        };
        int patient = observed(shutdownMillis, "reliable-mq.outbox.relay.shutdown-timeout=6s");
        int impatient = observed(shutdownMillis, SHORT_SHUTDOWN);
        assertThat(patient).isGreaterThanOrEqualTo(6000);
        assertThat(2 * impatient).isLessThan(patient);
    }

    private static final String SHORT_SHUTDOWN = "reliable-mq.outbox.relay.shutdown-timeout=100ms";

    private int observed(ToIntFunction<ApplicationContext> figure, String... properties) {
        AtomicInteger observed = new AtomicInteger(-1);
        application.sent.clear();
        application.with(properties).run(context -> observed.set(figure.applyAsInt(context)));
        assertThat(observed).doesNotHaveValue(-1);
        return observed.get();
    }

    /** One message is committed below another that is sent already. */
    private void commitLate(Runnable afterwards, String... properties) {
        application.sent.clear();
        application.with(properties).run(context -> {
            untilItOwns(16, context);
            CountDownLatch commit = new CountDownLatch(1);
            CountDownLatch drawn = new CountDownLatch(1);
            CompletableFuture<Void> late = new CompletableFuture<>();
            new Thread(() -> writeLate(drawn, commit, late)).start();
            await(drawn);
            writeElsewhere(1);
            until(() -> application.sent.size() == 1 && count(context, "reliable_mq_outbox") == 0);
            application.during(1, () -> 0);
            commit.countDown();
            late.join();
            afterwards.run();
        });
    }

    private void writeLate(CountDownLatch drawn, CountDownLatch commit, CompletableFuture<Void> done) {
        application.elsewhere().executeWithoutResult(status -> {
            application.outboxElsewhere().store().insert(List.of(message(0)));
            drawn.countDown();
            await(commit);
        });
        done.complete(null);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tables are there when an application has run once. */
    private void writeElsewhere(int number, String... properties) {
        if (properties.length > 0) {
            application.with(properties).run(context -> assertThat(context).hasNotFailed());
        }
        application
                .elsewhere()
                .executeWithoutResult(
                        status -> application.outboxElsewhere().store().insert(List.of(message(number))));
    }

    private static LaneMessage message(int number) {
        return new LaneMessage(
                LANE,
                new OutgoingMessage(
                        UUID.randomUUID(),
                        "topic",
                        null,
                        null,
                        null,
                        "text/plain",
                        new byte[] {(byte) number},
                        Map.of(),
                        1,
                        0));
    }

    private static void sendMany(int count, String payload, ApplicationContext context) {
        for (int i = 0; i < count; i++) {
            send(context, OutboxMessage.to("topic").payload(payload));
        }
    }

    private void deleteAll() {
        application.observer.update("DELETE FROM reliable_mq_outbox");
    }

    private static void untilItOwns(int lanes, ApplicationContext context) {
        until(() -> relay(context).status().lanes() == lanes);
    }

    private static OutboxRelay relay(ApplicationContext context) {
        return context.getBean(OutboxRelay.class);
    }
}
