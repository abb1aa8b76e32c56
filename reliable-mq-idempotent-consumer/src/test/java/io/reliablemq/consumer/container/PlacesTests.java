package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlacesTests {

    private static final Duration NO_TIME = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Places places = new Places(8);

    @Test
    void noMoreThanWantedAreTaken() throws InterruptedException {
        assertThat(places.take(5, NO_TIME)).isEqualTo(5);
        assertThat(places.take(5, NO_TIME)).isZero();
        assertThat(places.take(2, NO_TIME)).isEqualTo(2);
        assertThat(places.take(1, NO_TIME)).isEqualTo(1);
    }

    @Test
    void theLastPlaceCanBeTaken() throws InterruptedException {
        assertThat(new Places(1).take(32, NO_TIME)).isEqualTo(1);
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
}
