package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One message's calls to a broker that answers when it is told to, and changes the handle with each renewal. */
class DeliveriesTests {

    private static final Duration INVISIBLE = Duration.ofSeconds(1);

    private final AtomicInteger rests = new AtomicInteger();
    private final Answers broker = new Answers();
    private final Delivery delivery =
            new Delivery(broker, Messages.message("first", "text"), INVISIBLE, Delivery.PATIENCE);
    private final Deliveries deliveries = new Deliveries(
            new ListenerEndpoint(
                    "listener",
                    "test",
                    new Subscription("orders", "group", "*", false, false),
                    new ListenerPolicy(1, 1, true, false, Duration.ofDays(7), RetryPolicy.defaults(), List.of()),
                    message -> {
                        throw new IllegalStateException("nothing is handled");
                    }),
            new Places(4, 4, System::nanoTime),
            ListenerObserver.NONE,
            () -> rests.incrementAndGet());

    @Test
    void isRenewedOnceInEachHalfOfTheInvisibleTimeAndAcknowledgedByItsLastHandle() {
        deliveries.hold(delivery);
        deliveries.renewDue();
        assertThat(broker.postponed).isEmpty();

        renewed(1);
        deliveries.renewDue();
        assertThat(broker.postponed).containsExactly("first for PT1S");

        deliveries.acknowledge(delivery);
        assertThat(broker.acknowledged).isEmpty(); // the renewal is on its way
        broker.answer.complete(Messages.message("second", "text"));
        assertThat(broker.acknowledged).containsExactly("second");
        assertThat(broker.postponed).containsExactly("first for PT1S"); // no second one waited behind it
    }

    @Test
    void whoWaitsForTheBrokerRestsBefore() {
        for (int i = 0; i < Deliveries.MAX_CALLS; i++) {
            Delivery failed = new Delivery(broker, Messages.message("m" + i, "text"), INVISIBLE, Delivery.PATIENCE);
            deliveries.hold(failed);
            deliveries.postpone(failed, INVISIBLE);
        }
        assertThat(rests).hasValue(0);

        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> deliveries.acknowledge(delivery), task -> new Thread(task).start());
        await().untilAsserted(() -> assertThat(rests).hasValue(1));
        assertThat(waiting).isNotDone();
        broker.answer.complete(Messages.message("again", "text"));
        await().untilAsserted(() -> assertThat(waiting).isDone());
        assertThat(rests).hasValue(1);
    }

    @Test
    void isAcknowledgedByTheHandleThatItHasWhenARenewalFails() {
        deliveries.hold(delivery);
        renewed(1);

        deliveries.acknowledge(delivery);
        broker.answer.completeExceptionally(new IllegalStateException("as a test"));
        assertThat(broker.acknowledged).containsExactly("first");
    }

    @Test
    void isAcknowledgedAfterARenewalForWhichTheMachineHadNoThread() {
        broker.broken = true;
        deliveries.hold(delivery);
        renewed(1);

        broker.broken = false;
        deliveries.acknowledge(delivery);
        assertThat(broker.acknowledged).containsExactly("first");
    }

    @Test
    void isNotRenewedAnyMoreWhenItIsSettled() {
        deliveries.acknowledge(delivery);
        Delivery renewable = new Delivery(broker, Messages.message("renewable", "text"), INVISIBLE, Delivery.PATIENCE);
        deliveries.hold(renewable);

        await().until(() -> {
            delivery.renewIfDue();
            renewable.renewIfDue();
            return !broker.postponed.isEmpty();
        });
        assertThat(broker.postponed).containsExactly("renewable for PT1S");
    }

    @Test
    void isHandedBackOnceByWhoeverIsFirst() throws InterruptedException {
        assertThat(deliveries.takePlaces(4, Duration.ZERO)).isEqualTo(4);
        deliveries.hold(delivery);
        deliveries.abandon();
        deliveries.postpone(delivery, Duration.ofSeconds(5));
        assertThat(broker.postponed).containsExactly("first for PT0S");
        assertThat(deliveries.takePlaces(1, Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void areDrainedWhenTheBrokerHasAnsweredAll() throws InterruptedException {
        deliveries.hold(delivery);
        deliveries.postpone(delivery, Duration.ofSeconds(5));
        assertThat(deliveries.drain(Duration.ofMillis(50))).isFalse();

        broker.answer.complete(Messages.message("second", "text"));
        assertThat(deliveries.drain(Duration.ofSeconds(20))).isTrue();
        assertThat(deliveries.drain(Duration.ZERO)).isTrue();
    }

    @Test
    void aCallThatTheBrokerNeverAnswersIsOverAfterAWhile() throws InterruptedException {
        Delivery forgotten = new Delivery(broker, Messages.message("m1", "text"), INVISIBLE, Duration.ofMillis(20));
        deliveries.hold(forgotten);
        deliveries.postpone(forgotten, INVISIBLE);
        assertThat(deliveries.drain(Duration.ofSeconds(20))).isTrue();
    }

    private void renewed(int times) {
        await().until(() -> {
            deliveries.renewDue();
            return broker.postponed.size() == times;
        });
    }

    private static final class Answers implements MessageReceiver {

        private final Queue<String> postponed = new ConcurrentLinkedQueue<>();
        private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<ReceivedMessage> answer = new CompletableFuture<>();
        private volatile boolean broken;

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) {
            return List.of();
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            acknowledged.add(String.valueOf(message.id()));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            postponed.add(message.id() + " for " + invisible);
            if (broken) {
                throw new OutOfMemoryError("unable to create native thread, as a test");
            }
            return answer;
        }

        @Override
        public void close() {}
    }
}
