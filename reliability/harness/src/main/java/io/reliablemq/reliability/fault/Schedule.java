package io.reliablemq.reliability.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The faults of a run, drawn from its seed: the same seed has the same steps. How many of them a run gets to depends on the machine.
 * Every kind comes once before one of them comes again. Used by one thread.
 */
public final class Schedule {

    private static final int PAIRS_PERCENT = 25;
    private static final int SHORTEST_GAP_MS = 500;
    private static final int LONGEST_GAP_MS = 3_500;

    /** In which everything has to come right again: longer than lease, back-off and invisible time of the application together. */
    static final long RECOVERY_MS = 20_000;

    /** Of steps, each the last before a long gap. */
    public static final int RECOVERY_AFTER = 10;

    /**
     * @param gapMs after all before it is healed
     * @param recovery whether everything has to come right again in the gap
     * @param faults one, or two at once
     */
    public record Step(long gapMs, boolean recovery, List<PlannedFault> faults) {}

    private final Random random;
    private final List<FaultKind> kinds;
    private final int recoveryAfter;
    private final List<FaultKind> deck = new ArrayList<>();
    private int steps;

    /**
     * @param kinds at least one
     * @param recoveryAfter so many steps there is a gap in which everything has to come right again
     */
    public Schedule(long seed, List<FaultKind> kinds, int recoveryAfter) {
        this.random = new Random(seed);
        this.kinds = List.copyOf(kinds);
        this.recoveryAfter = recoveryAfter;
    }

    public Step next() {
        int gap = SHORTEST_GAP_MS + random.nextInt(LONGEST_GAP_MS - SHORTEST_GAP_MS);
        List<PlannedFault> faults = new ArrayList<>(List.of(draw()));
        if (random.nextInt(100) < PAIRS_PERCENT) {
            faults.add(draw());
        }
        boolean recovery = steps > 0 && steps % recoveryAfter == 0;
        steps++;
        return new Step(recovery ? RECOVERY_MS : gap, recovery, faults);
    }

    private PlannedFault draw() {
        if (deck.isEmpty()) {
            deck.addAll(kinds);
        }
        FaultKind kind = deck.remove(random.nextInt(deck.size()));
        int duration = kind.shortestMs() + random.nextInt(kind.longestMs() - kind.shortestMs() + 1);
        return new PlannedFault(kind, duration, random.nextInt(Integer.MAX_VALUE));
    }
}
