package io.reliablemq.consumer.wiring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;

/** Annotated methods in running containers, with a receiver in memory and a real transaction. */
@DatabaseTest(TestDatabase.H2)
class ListenerTests extends ListenerFixture {

    record Order(String number, int amount) {}

    class Orders {
        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(
                @Payload Order order,
                @Header(ListenerHeaders.MESSAGE_ID) String id,
                @Header("region") String region,
                @Header(ListenerHeaders.DELIVERY_ATTEMPT) int attempt,
                Message<Order> message) {
            jdbc.update("insert into effect values (?)", id + " " + order.number() + " " + region + " " + attempt);
        }
    }

    @Test
    void givesAMethodItsArguments() {
        run(new Orders());
        broker.publish(Messages.message("m1", "{\"number\":\"A1\",\"amount\":3}"));

        drained();
        assertThat(effects()).containsExactly("m1 A1 eu & more=x 1");
    }

    @Test
    void buriesAPayloadThatCannotBeConverted() {
        run(new Orders());
        broker.publish(Messages.message("m1", "{not json"));
        broker.publish(Messages.message("m2", "{\"number\":\"A2\",\"amount\":3}"));

        drained();
        assertThat(effects()).hasSize(1);
        assertThat(infrastructure.deadLetters().list(Letters.ofGroup("g"), null, 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo(DeadLetterReason.FATAL));
    }

    class Texts {
        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "#{2 + 2}", id = "texts")
        void on(String text) {
            if (text.startsWith("poison")) {
                throw new IllegalStateException("cannot handle " + text);
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void appliesEachEffectOnceWhenAcknowledgementsAreLost() {
        broker.loseAcknowledgements = 30;
        run(new Texts());
        for (int index = 0; index < 50; index++) {
            broker.publish(Messages.message("m" + index, "t" + index));
        }

        drained();
        assertThat(effects()).hasSize(50).doesNotHaveDuplicates();
        assertThat(broker.acknowledged).hasValue(50);
    }

    @Test
    void buriesPoisonAfterTheLastAttemptWhileOthersFlow() {
        run(new Texts());
        broker.publish(Messages.message("p", "poison"));
        for (int index = 0; index < 20; index++) {
            broker.publish(Messages.message("m" + index, "t" + index));
        }

        drained();
        assertThat(effects()).hasSize(20);
        assertThat(broker.deliveries).containsEntry("p", 3);
        assertThat(infrastructure.deadLetters().count(Letters.ofGroup("g"))).isEqualTo(1);
    }

    @Test
    void countsNoAttemptWhileTheDatabaseIsAway() {
        run(new Texts());
        await().until(() -> state("texts") == ListenerStatus.State.RUNNING);
        dataSource.broken = true;
        broker.publish(Messages.message("m1", "t1"));

        await().until(() -> state("texts") == ListenerStatus.State.PAUSED_INFRASTRUCTURE);
        assertThat(infrastructure.containers().status("texts").reason()).contains("database");
        int deliveries = broker.deliveries.get("m1");
        await().during(Duration.ofMillis(300)).until(() -> broker.deliveries.get("m1") == deliveries);
        dataSource.broken = false;

        drained();
        assertThat(effects()).containsExactly("t1");
        await().until(() -> state("texts") == ListenerStatus.State.RUNNING);
        assertThat(jdbc.queryForObject("select count(*) from reliable_mq_inbox_failure", Integer.class))
                .isZero();
    }

    @Test
    void startsWithoutABrokerAndAttachesWhenItAppears() {
        broker.away = true;
        run(new Texts());
        await().until(() -> state("texts") == ListenerStatus.State.WAITING_FOR_BROKER);
        broker.publish(Messages.message("m1", "t1"));

        broker.away = false;

        drained();
        assertThat(state("texts")).isEqualTo(ListenerStatus.State.RUNNING);
    }

    @Test
    void doesNotStartWhenTopicOrGroupDoNotFit() {
        broker.misfit = "Group g is not FIFO";

        assertThatThrownBy(() -> run(new Texts()))
                .hasRootCauseInstanceOf(ListenerConfigurationException.class)
                .hasStackTraceContaining("listener 'texts'")
                .hasRootCauseMessage("Group g is not FIFO");
    }

    @Test
    void stopsWhenABrokerThatWasAwayTurnsOutNotToFitAndCanBeStartedWhenItDoes() {
        broker.away = true;
        run(new Texts());
        await().until(() -> state("texts") == ListenerStatus.State.WAITING_FOR_BROKER);
        broker.publish(Messages.message("m1", "t1"));
        broker.misfit = "Group g is not FIFO";

        broker.away = false;
        await().until(() -> state("texts") == ListenerStatus.State.MISCONFIGURED);
        assertThat(infrastructure.containers().status("texts").reason()).isEqualTo("Group g is not FIFO");
        assertThatThrownBy(() -> infrastructure.containers().start("texts"))
                .isInstanceOf(ListenerConfigurationException.class);
        assertThat(state("texts")).isEqualTo(ListenerStatus.State.MISCONFIGURED);
        assertThat(broker.remaining()).isEqualTo(1);

        broker.misfit = null;
        infrastructure.containers().start("texts");
        drained();
        assertThat(state("texts")).isEqualTo(ListenerStatus.State.RUNNING);
    }

    @Test
    void receivesNothingWhilePaused() throws Exception {
        run(new Texts());
        await().until(() -> state("texts") == ListenerStatus.State.RUNNING);
        infrastructure.containers().pause("texts");
        await().until(() -> state("texts") == ListenerStatus.State.PAUSED);
        Thread.sleep(300);
        broker.publish(Messages.message("m1", "t1"));
        Thread.sleep(300);
        assertThat(broker.remaining()).isEqualTo(1);

        infrastructure.containers().resume("texts");
        drained();
    }

    class InOrder {
        final List<String> seen = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger failures = new AtomicInteger();

        @IdempotentListener(topic = "orders", consumerGroup = "g", ordered = "true", id = "ordered")
        void on(String text) {
            seen.add(text);
            if (text.equals("a2") && failures.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void stopsAKeyAtItsFailedMessageAndLetsOtherKeysGoOn() {
        InOrder listener = new InOrder();
        for (String id : List.of("a1", "b1", "a2", "b2", "a3", "b3", "a4")) {
            broker.publish(Messages.ordered(id, id.substring(0, 1)));
        }
        run(listener);

        drained();
        assertThat(effects()).filteredOn(text -> text.startsWith("b")).containsExactly("b1", "b2", "b3");
        assertThat(listener.seen.indexOf("a3")).isGreaterThan(listener.seen.lastIndexOf("a2"));
        assertThat(listener.seen).filteredOn("a3"::equals).hasSize(1);
        // what follows a failed message stays away as long as that
        assertThat(broker.postponements).doesNotContain(Duration.ZERO);
    }

    class Slow {
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch finish = new CountDownLatch(1);

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", id = "slow")
        void on(String text) throws InterruptedException {
            inside.countDown();
            finish.await(20, SECONDS);
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void finishesTheRunningHandlerAndHandsTheRestBackWhenItStops() throws Exception {
        Slow listener = new Slow();
        run(listener);
        for (int index = 0; index < 5; index++) {
            broker.publish(Messages.message("m" + index, "t" + index));
        }
        listener.inside.await();
        Thread stop = new Thread(() -> infrastructure.containers().stop());
        stop.start();
        Thread.sleep(200);
        listener.finish.countDown();
        stop.join(10_000);

        assertThat(stop.isAlive()).isFalse();
        assertThat(effects()).hasSize(1);
        assertThat(broker.acknowledged).hasValue(1);
        assertThat(broker.remaining()).isEqualTo(4);
        assertThat(broker.closed).isTrue();
        assertThat(state("slow")).isEqualTo(ListenerStatus.State.STOPPED);
    }

    @Test
    void allStopAtOnceSoThatTheTimeoutCountsOnce() throws Exception {
        Slow listener = new Slow();
        run(listener);
        broker.publish(Messages.message("m1", "t1"));
        listener.inside.await();
        registrar().register(ListenerDefinition.on("orders", "z").handledBy(String.class, message -> {}));
        await().until(() -> state("z") == ListenerStatus.State.RUNNING);
        Thread stop = new Thread(() -> infrastructure.containers().stop());
        stop.start();

        await().until(() -> state("z") == ListenerStatus.State.STOPPED);
        assertThat(state("slow")).isNotEqualTo(ListenerStatus.State.STOPPED);
        listener.finish.countDown();
        stop.join(10_000);
        assertThat(state("slow")).isEqualTo(ListenerStatus.State.STOPPED);
    }

    @Test
    void isNotClosedBeforeTheBrokerHasAnsweredTheAcknowledgements() throws Exception {
        broker.answer = new CompletableFuture<>();
        broker.publish(Messages.message("m1", "t1"));
        run(new Texts());
        drained();
        Thread stop = new Thread(() -> infrastructure.containers().stop());
        stop.start();

        await().during(Duration.ofMillis(300)).until(() -> !broker.closed);
        broker.answer.complete(null);
        stop.join(10_000);
        assertThat(broker.closed).isTrue();
    }

    @Test
    void subscribesAnewWhenTheBrokerWasAwayForLong() {
        run(new Texts());
        await().until(() -> state("texts") == ListenerStatus.State.RUNNING && broker.opened.get() == 1);

        broker.away = true;
        await().until(() -> broker.closed);
        broker.away = false;
        broker.publish(Messages.message("m1", "t1"));
        drained();
        assertThat(broker.opened).hasValue(2);
    }

    class Hanging {
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch finish = new CountDownLatch(1);
        volatile String id;

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", id = "hanging")
        void on(String text, @Header(ListenerHeaders.MESSAGE_ID) String messageId) {
            if (inside.getCount() > 0) {
                id = messageId;
            }
            jdbc.update("insert into effect values (?)", text);
            inside.countDown();
            boolean interrupted = false;
            while (finish.getCount() > 0) {
                try {
                    finish.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void handsBackWhatAHandlerHoldsThatDoesNotEndAndAppliesItOnce() throws Exception {
        shutdownTimeout = Duration.ofMillis(300);
        infrastructure = infrastructure(Duration.ofMinutes(10));
        Hanging listener = new Hanging();
        for (int index = 0; index < 4; index++) {
            broker.publish(Messages.message("m" + index, "t" + index));
        }
        run(listener);
        listener.inside.await();
        long start = System.nanoTime();

        infrastructure.containers().stop();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(state("hanging")).isEqualTo(ListenerStatus.State.STOPPED);
        ListenerInfrastructure elsewhere = infrastructure(Duration.ofMinutes(10));
        elsewhere.containers().register(infrastructure.containers().ofGroup("g").orElseThrow());
        elsewhere.containers().start();
        try {
            // long before its invisible time is over; its first handler still has it in hand
            await().until(() -> broker.deliveries.get(listener.id) > 1);
            listener.finish.countDown();

            drained();
            assertThat(effects()).containsExactlyInAnyOrder("t0", "t1", "t2", "t3");
        } finally {
            listener.finish.countDown();
            elsewhere.containers().stop();
        }
    }

    @Test
    void renewsTheInvisibleTimeWhileAHandlerRunsLong() throws Exception {
        infrastructure = infrastructure(Duration.ofMillis(400));
        Slow listener = new Slow();
        run(listener);
        broker.publish(Messages.message("m1", "t1"));
        listener.inside.await();
        Thread.sleep(1_500);
        listener.finish.countDown();

        drained();
        assertThat(broker.deliveries).containsEntry("m1", 1);
        assertThat(effects()).containsExactly("t1");
    }

    class Keyed {
        @IdempotentListener(topic = "orders", consumerGroup = "g", key = "payload.number + headers['region']")
        void on(Order order) {
            jdbc.update("insert into effect values (?)", order.number());
        }
    }

    @Test
    void takesTheKeyFromAnExpressionForProducersWithoutIds() {
        run(new Keyed());
        broker.publish(Messages.message(null, "{\"number\":\"A1\",\"amount\":3}"));
        broker.publish(Messages.message(null, "{\"number\":\"A1\",\"amount\":3}"));

        drained();
        assertThat(effects()).containsExactly("A1");
    }
}
