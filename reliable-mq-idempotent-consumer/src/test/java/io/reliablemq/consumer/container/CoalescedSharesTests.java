package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** How many of the waiting messages a worker takes. */
class CoalescedSharesTests {

    private static final int MOST = 8;

    @Test
    void aLoneWorkerTakesAsManyAsMayBeCommittedTogether() {
        Coalescing coalescing = of(1);
        wait(coalescing, 20);

        assertThat(coalescing.take()).hasSize(MOST);
    }

    @Test
    void aFailureMakesItOneAndEachSuccessTwiceAsMany() {
        Coalescing coalescing = of(1);
        wait(coalescing, 100);

        coalescing.failed(new IllegalStateException("as a test"));

        assertThat(takeAndSucceed(coalescing)).isEqualTo(1);
        assertThat(takeAndSucceed(coalescing)).isEqualTo(2);
        assertThat(takeAndSucceed(coalescing)).isEqualTo(4);
        assertThat(takeAndSucceed(coalescing)).isEqualTo(MOST);
        assertThat(takeAndSucceed(coalescing)).isEqualTo(MOST);
    }

    @Test
    void aHandlerThatIsUnfitForItGetsOneEachTime() {
        Coalescing coalescing = of(1);
        wait(coalescing, 100);

        coalescing.unfit();

        for (int i = 0; i < 4; i++) {
            assertThat(takeAndSucceed(coalescing)).isEqualTo(1);
        }
    }

    @Test
    void sharesWithTheWorkersThatHaveNothingToDo() {
        Coalescing coalescing = of(4);
        wait(coalescing, 8);

        assertThat(coalescing.take()).hasSize(2);
        assertThat(coalescing.take()).hasSize(2);
        assertThat(coalescing.take()).hasSize(2);
        assertThat(coalescing.take()).hasSize(2);
        assertThat(coalescing.take()).isEmpty();
    }

    @Test
    void aWorkerThatIsDoneGetsAShareAgain() {
        Coalescing coalescing = of(2);
        wait(coalescing, 4);
        assertThat(coalescing.take()).hasSize(2);
        coalescing.done();

        assertThat(coalescing.take()).hasSize(1);
    }

    @Test
    void whatWasTakenIsNotSharedAgain() {
        Coalescing coalescing = of(2);
        wait(coalescing, 4);
        coalescing.take();
        coalescing.take();
        coalescing.done();
        coalescing.done();
        wait(coalescing, 2);

        assertThat(coalescing.take()).hasSize(1);
    }

    @Test
    void messagesThatFollowOneAnotherAreTakenTogetherOrNotAtAll() {
        Coalescing coalescing = of(1);
        coalescing.add(List.of(chain(3)));
        coalescing.add(List.of(chain(6)));

        assertThat(coalescing.take()).extracting(Collection::size).containsExactly(3);
        assertThat(coalescing.take()).extracting(Collection::size).containsExactly(6);
    }

    @Test
    void moreThanMayBeCommittedTogetherAreTakenWhenTheyFollowOneAnother() {
        Coalescing coalescing = of(1);
        coalescing.add(List.of(chain(MOST + 1)));

        assertThat(coalescing.take()).extracting(Collection::size).containsExactly(MOST + 1);
    }

    @Test
    void whatNoWorkerComesForIsWithdrawnUnlessOneHasIt() {
        Coalescing coalescing = of(1);
        List<Deque<Delivery>> chains = List.of(chain(2), chain(MOST), chain(2));
        coalescing.add(chains);
        assertThat(coalescing.take()).containsExactly(chains.get(0));

        assertThat(coalescing.withdraw(chains.get(0))).isFalse();
        assertThat(coalescing.withdraw(chains.get(1))).isTrue();
        assertThat(coalescing.take()).containsExactly(chains.get(2));
        assertThat(coalescing.take()).isEmpty();
    }

    private static int takeAndSucceed(Coalescing coalescing) {
        int taken = coalescing.take().size();
        coalescing.succeeded();
        coalescing.done();
        return taken;
    }

    private static Coalescing of(int concurrency) {
        return new Coalescing(new ListenerEndpoint(
                "listener",
                "test",
                new Subscription("orders", "group", "*", false, false),
                new ListenerPolicy(
                        concurrency, MOST, true, false, Duration.ofDays(7), RetryPolicy.defaults(), List.of()),
                message -> {
                    throw new IllegalStateException("nothing is handled");
                }));
    }

    private static void wait(Coalescing coalescing, int messages) {
        for (int i = 0; i < messages; i++) {
            coalescing.add(List.of(chain(1)));
        }
    }

    private static Deque<Delivery> chain(int messages) {
        Deque<Delivery> chain = new ArrayDeque<>();
        for (int i = 0; i < messages; i++) {
            chain.add(new Delivery(
                    new Nothing(), Messages.message("m" + i, "text"), Duration.ofSeconds(1), Delivery.PATIENCE));
        }
        return chain;
    }

    /** Nothing of it is called. */
    private static final class Nothing implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) {
            return List.of();
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration delay) {
            return CompletableFuture.completedStage(message);
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    }
}
