package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.spi.DeadLetterStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Goes through open letters once, the oldest first, at a bounded rate, and does to each what it is told. Used by one thread, once. */
final class PacedRound {

    private static final int PAGE = 100;

    private final DeadLetterStore letters;
    private final Letters which;
    private final Pace pace;
    private final Function<DeadLetter, Turn> act;
    private final long begin = System.nanoTime();
    private long tried;
    private long done;
    private long failed;
    private long passedOver;

    /** What became of one letter. */
    enum Turn {
        DONE,
        /** It stays open. */
        FAILED,
        /** Not tried, and open as before; costs no turn. */
        PASSED_OVER
    }

    /** @param more whether it ended at its bound, or interrupted */
    record Total(long done, long failed, long passedOver, boolean more) {}

    PacedRound(DeadLetterStore letters, Letters which, Pace pace, Function<DeadLetter, Turn> act) {
        this.letters = letters;
        this.which = which;
        this.pace = pace;
        this.act = act;
    }

    /** @param dryRun without pauses */
    Total run(boolean dryRun) {
        DeadLetter last = null;
        List<DeadLetter> page = next(null);
        while (!page.isEmpty()) {
            for (DeadLetter letter : page) {
                if (tried == pace.atMost() || (!dryRun && !awaitTurn())) {
                    return ended(true);
                }
                count(act.apply(letter));
                last = letter;
            }
            page = next(last);
        }
        return ended(false);
    }

    private List<DeadLetter> next(@Nullable DeadLetter last) {
        return letters.list(which, last, PAGE);
    }

    private void count(Turn turn) {
        switch (turn) {
            case DONE -> done++;
            case FAILED -> failed++;
            case PASSED_OVER -> passedOver++;
        }
        tried = done + failed;
    }

    /** False when interrupted. */
    private boolean awaitTurn() {
        long turn = begin + (long) (tried * (double) TimeUnit.SECONDS.toNanos(1) / pace.perSecond());
        try {
            TimeUnit.NANOSECONDS.sleep(turn - System.nanoTime());
            return !Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Total ended(boolean more) {
        return new Total(done, failed, passedOver, more);
    }
}
