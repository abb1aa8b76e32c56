package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneStore.Neighbour;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FailureDetectorTests {

    private static final UUID NODE = UUID.randomUUID();
    private static final Duration LEASE = Duration.ofSeconds(9);

    /** Both may overflow. */
    private long nanoTime = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private long databaseMs = 1_700_000_000_000L;
    private long leaseUntilMs;

    private final FailureDetector detector = new FailureDetector(LEASE, () -> nanoTime);

    @Test
    void aProcessThatRenewsItsLeaseLives() {
        for (int i = 0; i < 10; i++) {
            renew();
            pass(3);
            assertLives();
        }
    }

    @Test
    void aProcessWhoseLeaseHasEndedIsDeadAtTheFirstLookAfterIt() {
        renew();
        assertLives();
        pass(8);
        assertLives();

        pass(1);

        assertDead();
        assertDead();
    }

    @Test
    void aDatabaseClockThatIsSetForwardKillsNobody() {
        renew();
        assertLives();

        databaseMs += 3_600_000;
        assertLives();
        pass(3);
        assertLives();
        renew();

        assertLives();
        pass(8);
        assertLives();
    }

    @Test
    void whoIsSilentAfterTheClockWasSetForwardIsDeadAfterHalfALease() {
        renew();
        assertLives();
        databaseMs += 3_600_000;
        pass(4);
        assertLives();

        pass(1);

        assertDead();
    }

    @Test
    void whoIsSilentAfterTheClockWasSetBackIsDeadAfterTwoLeases() {
        renew();
        assertLives();
        databaseMs -= 3_600_000;
        pass(17);
        assertLives();

        pass(1);

        assertDead();
    }

    @Test
    void aRenewalThatWasNotSeenCounts() {
        renew();
        assertLives();
        pass(5);
        renew();
        pass(5);
        assertLives();
        pass(3);

        assertLives();
    }

    @Test
    void afterARestartOfAllTheDeadAreNotWaitedFor() {
        renew();
        pass(14);

        assertDead();
    }

    @Test
    void aLeaseThatHasJustEndedIsLookedAtForHalfALease() {
        renew();
        pass(10);
        assertLives();
        pass(4);
        assertLives();

        pass(1);

        assertDead();
    }

    @Test
    void anOwnerThatIsNotRegisteredIsDead() {
        renew();
        assertLives();
        Neighbour expelled = new Neighbour(NODE, 0, 0);

        assertThat(detector.dead(List.of(expelled))).containsExactly(expelled);
    }

    @Test
    void forgetsWhoIsNotThere() {
        renew();
        assertLives();
        assertThat(detector.dead(List.of())).isEmpty();
        pass(17);
        databaseMs -= 3_600_000;

        assertLives();
    }

    private void renew() {
        leaseUntilMs = databaseMs + LEASE.toMillis();
    }

    private void pass(int seconds) {
        nanoTime += Duration.ofSeconds(seconds).toNanos();
        databaseMs += seconds * 1000L;
    }

    private void assertLives() {
        assertThat(detector.dead(List.of(seen()))).isEmpty();
    }

    private void assertDead() {
        assertThat(detector.dead(List.of(seen()))).containsExactly(seen());
    }

    private Neighbour seen() {
        return new Neighbour(NODE, leaseUntilMs, databaseMs - leaseUntilMs);
    }
}
