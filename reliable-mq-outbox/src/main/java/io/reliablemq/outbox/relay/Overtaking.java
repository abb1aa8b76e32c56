package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The ordering keys of one lane of which a row waits for another lane. Later ones of the key that are read by themselves must not
 * overtake it, so they wait too, until all of them are read again in their order. Only on the loop's thread.
 */
final class Overtaking {

    private static final long SHORTEST = Duration.ofMillis(5).toNanos();
    private static final long LONGEST = Duration.ofMillis(500).toNanos();
    /** For each row that waits and is read again and again. */
    private static final long PAUSE_PER_ROW = Duration.ofNanos(200_000).toNanos();

    private static final long CHEAP = Duration.ofMillis(20).toNanos();

    private final Map<ParkedKey, Long> waiting = new HashMap<>();
    private long pause = SHORTEST;
    private long restUntil;
    private long askAgain;
    private int missed;
    private boolean passed;

    Overtaking(long now) {
        restUntil = now;
    }

    /** Whether one of its key with a lower id waits already. */
    boolean wouldOvertake(OutboxRow row) {
        Long lowest = waiting.isEmpty() ? null : waiting.get(Intake.key(row));
        boolean would = lowest != null && lowest < row.ref().id();
        missed += would ? 1 : 0;
        return would;
    }

    void wait(OutboxRow row) {
        ParkedKey key = Intake.key(row);
        if (key != null) {
            waiting.merge(key, row.ref().id(), Math::min);
            missed++;
        }
    }

    /** A row waits for another reason, and is read again as often. */
    void waitsToo() {
        missed++;
    }

    /** A row that was asked about was let pass: it is worth asking again about those before it. */
    void letPass() {
        passed = true;
    }

    boolean hasLetPass() {
        return passed;
    }

    /**
     * With a large backlog in the other lane the question is not cheap: asking takes a fifth of the time at most. A cheap one about other
     * rows does not put those off that wait, or they would wait until the load ends.
     */
    void asked(long began, long ended) {
        long took = ended - began;
        restUntil = took > CHEAP ? ended + 4 * took : ended;
        if (waiting.isEmpty()) {
            askAgain = Math.max(restUntil, ended + pause);
        } else if (took > CHEAP) {
            askAgain = Math.max(restUntil, askAgain);
        }
    }

    boolean rests(long now) {
        return now - restUntil < 0;
    }

    /** Nanoseconds until the rows that wait are to be read again. */
    long nextDue(long now) {
        return waiting.isEmpty() ? Long.MAX_VALUE : askAgain + missed * PAUSE_PER_ROW - now;
    }

    /** The lane is read again from before the first of them. */
    void clear() {
        pause = passed ? SHORTEST : Math.min(2 * pause, LONGEST);
        passed = false;
        missed = 0;
        waiting.clear();
    }
}
