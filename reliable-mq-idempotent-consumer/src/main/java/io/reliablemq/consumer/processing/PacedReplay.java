package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.DeadLetters.Replayed;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.spi.DeadLetterStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Goes through open letters once, the oldest first, at a bounded rate. Used by one thread, once. */
final class PacedReplay {

    private static final int PAGE = 100;

    private final DeadLetterStore letters;
    private final LetterReplay replay;
    private final Letters which;
    private final Pace pace;
    private final long begin = System.nanoTime();
    private long tried;
    private long replayed;
    private long failed;
    private long passedOver;

    PacedReplay(DeadLetterStore letters, LetterReplay replay, Letters which, Pace pace) {
        this.letters = letters;
        this.replay = replay;
        this.which = which;
        this.pace = pace;
    }

    Replayed run(Action action) {
        DeadLetter last = null;
        List<DeadLetter> page = next(null);
        while (!page.isEmpty()) {
            for (DeadLetter letter : page) {
                if (tried == pace.atMost() || (!action.dryRun() && !awaitTurn())) {
                    return ended(true);
                }
                count(replay.replay(letter, action));
                last = letter;
            }
            page = next(last);
        }
        return ended(false);
    }

    private List<DeadLetter> next(@Nullable DeadLetter last) {
        return letters.list(which, last, PAGE);
    }

    /** What is passed over costs no turn. */
    private void count(ReplayOutcome outcome) {
        if (outcome instanceof ReplayOutcome.Replayed) {
            replayed++;
        } else if (outcome instanceof ReplayOutcome.Failed) {
            failed++;
        } else {
            passedOver++;
        }
        tried = replayed + failed;
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

    private Replayed ended(boolean more) {
        return new Replayed(replayed, failed, passedOver, more);
    }
}
