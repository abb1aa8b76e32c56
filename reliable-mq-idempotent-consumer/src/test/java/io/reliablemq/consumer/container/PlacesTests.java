package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlacesTests {

    private static final Duration NO_TIME = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicLong clock = new AtomicLong();
    private final Places places = new Places(8, 72, clock::get);

    @Test
    void noMoreThanWantedAreTaken() throws InterruptedException {
        assertThat(places.take(5, NO_TIME)).isEqualTo(5);
        assertThat(places.take(5, NO_TIME)).isZero();
        assertThat(places.take(2, NO_TIME)).isEqualTo(2);
        assertThat(places.take(1, NO_TIME)).isEqualTo(1);
    }

    @Test
    void theLastPlaceCanBeTaken() throws InterruptedException {
        assertThat(new Places(1, 1, clock::get).take(32, NO_TIME)).isEqualTo(1);
    }

    @Test
    void halfOfAllIsEnough() throws InterruptedException {
        places.take(8, NO_TIME);
        places.give(3);
        assertThat(places.take(32, NO_TIME)).isZero();
        places.give(1);
        assertThat(places.take(32, NO_TIME)).isEqualTo(4);
    }

    @Test
    void whoWaitsIsWokenWhenEnoughAreFree() throws Exception {
        places.take(8, NO_TIME);
        CompletableFuture<Integer> taken = new CompletableFuture<>();
        Thread taker = new Thread(() -> {
            try {
                taken.complete(places.take(32, LONG));
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        taker.start();
        while (taker.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(taken).isNotDone();
            places.give(1);
        }
        assertThat(taken.get(20, TimeUnit.SECONDS)).isEqualTo(4);
    }

    @Test
    void quickHandlersAreFedByLargeBatches() throws InterruptedException {
        doneWithin(Duration.ofMillis(100), 8);
        assertThat(places.take(32, NO_TIME)).as("80 a second: 40 ahead").isEqualTo(32);
        assertThat(places.take(32, NO_TIME)).isZero();
    }

    @Test
    void howeverQuickThereIsABound() throws InterruptedException {
        doneWithin(Duration.ofMillis(100), 1_000);
        assertThat(places.take(100, NO_TIME)).isEqualTo(72);
    }

    @Test
    void slowHandlersLeaveMessagesToOthers() throws InterruptedException {
        doneWithin(Duration.ofMillis(100), 1_000);
        doneWithin(Duration.ofSeconds(10), 1);
        assertThat(places.take(100, NO_TIME)).isEqualTo(8);
    }

    @Test
    void aMomentIsNoMeasure() throws InterruptedException {
        doneWithin(Duration.ofMillis(99), 1_000);
        assertThat(places.take(100, NO_TIME)).isEqualTo(8);
    }

    /** What is held beyond the places that are left is not taken back, and no other comes before it is done. */
    @Test
    void thePlacesMayBecomeFewerThanAreHeld() throws InterruptedException {
        doneWithin(Duration.ofMillis(100), 1_000);
        places.take(72, NO_TIME);
        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(places.take(32, NO_TIME)).isZero();
        places.give(67);
        assertThat(places.take(32, NO_TIME)).isZero();
        places.give(1);
        assertThat(places.take(32, NO_TIME)).isEqualTo(4);
    }

    private void doneWithin(Duration time, int messages) throws InterruptedException {
        for (int i = 0; i < messages; i++) {
            assertThat(places.take(1, NO_TIME)).isEqualTo(1);
            places.done();
        }
        clock.addAndGet(time.toNanos());
    }
}
