package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How far one owned lane was read. Three looks at the table complement each other: forward from the cursor; closely between the
 * floor and the cursor, where rows may still appear that were given an id earlier and committed later; and rarely everything.
 */
final class Lane {

    private static final int MOST_PASSED = 10_000;
    private static final long REST = Duration.ofSeconds(1).toNanos();
    /** So many times as long as reading again took it is read on, before it is turned back once more. */
    private static final int REST_TIMES = 3;

    final LaneClaim claim;
    /** Keys with parked messages, and the lowest row id among them: what comes later waits with them. */
    final Map<ParkedKey, Long> blocked = new HashMap<>();

    /** Keys with rows that wait for another lane. */
    final Overtaking overtaking;

    final PassedKeys passedKeys = new PassedKeys();

    /** To be given up: nothing more is read, what is in flight is waited for. */
    boolean draining;

    /** Told when nothing of this lane is held any more, or when it is lost; harmless when told again. */
    Runnable drained = () -> {};

    /** Parked messages are back in the lane: nothing is held any more until it is read from its start. */
    boolean startOver;

    boolean more = true;
    boolean woken;
    boolean loaded;
    long nextSweep;
    /** How far the sweep that goes on has come. */
    long swept;

    /** The cursor as it was then; several short moves together, the first of them at {@code since}. */
    private record Seen(long since, long nanos, long cursor) {}

    private final long trailing;
    private final Deque<Seen> trail = new ArrayDeque<>();
    /** Rows between floor and cursor that were read and not held: to tell them from late ones. */
    private final NavigableSet<Long> passed = new TreeSet<>();

    private long cursor;
    private long floor;
    /** No row above was ever read or dropped here. */
    private long highest;
    /** How often this lane was rewound: what was looked for before is of no use then. */
    private int turn;
    /** Everything that an earlier owner can have read has been read here too. */
    private boolean readThrough;

    private long missed = Long.MAX_VALUE;

    /** Where the cursor was when this lane was turned back. */
    private long furthest;
    /** How long reading has taken since then, until it had come as far again. */
    private long readingAgain;

    private boolean further;
    private long furtherSince;

    /** @param now by the clock that all its other times are of */
    Lane(LaneClaim claim, Duration trailing, long now) {
        this.claim = claim;
        this.overtaking = new Overtaking(now);
        this.trailing = trailing.toNanos();
    }

    int number() {
        return claim.lane();
    }

    long cursor() {
        return cursor;
    }

    /**
     * Whether somebody may have sent the row before. An earlier owner has stopped reading before this lane was claimed, so
     * what was not there when it was first read through is known to this relay alone; and here everything above
     * {@code highest} is met for the first time.
     */
    boolean isDoubtful(long id) {
        return !readThrough || id <= highest;
    }

    /** The end of the lane was reached. */
    void endReached() {
        readThrough = true;
        furthest = Math.min(furthest, cursor);
    }

    /** @param took nanoseconds */
    void read(long id, long now, long took) {
        highest = Math.max(highest, id);
        if (!further) {
            readingAgain += took;
            further = id >= furthest;
            furtherSince = now;
        }
        if (id > cursor) {
            cursor = id;
            if (id > floor) {
                Seen last = trail.peekLast();
                boolean continued = last != null && now - last.since() <= trailing / 64;
                trail.addLast(new Seen(continued ? trail.removeLast().since() : now, now, id));
            }
        }
    }

    /** Ids at or below were given out so long ago that rows which are not there yet are left to the sweep. */
    void old(long id) {
        floor = Math.max(floor, id);
    }

    /**
     * What the store had between floor and cursor has been found, and taken in. Only that leaves something to the sweep, and not the
     * time: a relay that could not look for a while still has to.
     *
     * @param asked when the store was asked, or before
     */
    void lookedBehind(long asked) {
        for (Seen oldest = trail.peekFirst();
                oldest != null && asked - oldest.nanos() > trailing;
                oldest = trail.peekFirst()) {
            floor = Math.max(floor, oldest.cursor());
            trail.removeFirst();
            passed.headSet(floor, true).clear();
        }
    }

    /** Where rows may still appear that are not to be left to the sweep. */
    IdRange trail() {
        return new IdRange(floor, cursor);
    }

    boolean settledDown() {
        return floor >= cursor;
    }

    /** So much of topics in outage has been passed lately that the lane is read on only when the floor has followed. */
    boolean crowded() {
        return passed.size() >= MOST_PASSED && !settledDown();
    }

    /** This row was read but there was no room for it: it is to be read again. */
    void miss(long id) {
        highest = Math.max(highest, id);
        missed = Math.min(missed, id);
        if (id > floor) {
            passed.add(id);
        }
    }

    boolean hasPassed(long id) {
        return passed.contains(id);
    }

    /** Goes back to the first row that was missed. */
    void rewindToMissed() {
        if (missed != Long.MAX_VALUE) {
            // what is old stays old: rows from there to the floor are read again, not looked for again behind the
            // cursor
            turnBack(missed - 1);
        }
    }

    /** Goes back to the start when something was put back into the lane. */
    void rewindToStart() {
        if (startOver) {
            startOver = false;
            trail.clear();
            floor = 0;
            turnBack(0);
        }
    }

    /**
     * Goes back to the rows that wait for another lane, when the lane was read to its end; or when it is crowded by them, and
     * some have been let pass.
     */
    void rewindToWaiting(long now) {
        if (overtaking.nextDue(now) <= 0 && wasPassedThrough()) {
            rewindToMissed();
        }
    }

    /**
     * Goes back to the rows of stuck keys that were passed, when something goes on that was stuck. Each time everything that was passed is read
     * again, so the rest of the lane comes first.
     *
     * @param stands of a topic: something of it is held that does not go on
     */
    void rewindToPassedKeys(long now, Predicate<String> stands) {
        if (passedKeys.isDue(now, stands) && hasRested(now)) {
            rewindToMissed();
        }
    }

    /** Whether it was read on for long enough since it was turned back: who does that again and again would keep from what is behind. */
    boolean hasRested(long now) {
        long rest = Math.max(more ? REST : 0, REST_TIMES * readingAgain);
        return further && now - furtherSince >= rest;
    }

    private boolean wasPassedThrough() {
        return !more || (overtaking.hasLetPass() && crowded());
    }

    /** Nanoseconds until {@link #rewindToWaiting} has something to do. */
    long nextWaiting(long now) {
        return wasPassedThrough() ? overtaking.nextDue(now) : Long.MAX_VALUE;
    }

    int turn() {
        return turn;
    }

    private void turnBack(long id) {
        turn++;
        furthest = Math.max(furthest, cursor);
        further = false;
        readingAgain = 0;
        cursor = Math.min(cursor, id);
        missed = Long.MAX_VALUE;
        passed.clear();
        overtaking.clear();
        passedKeys.clear();
        more = true;
    }
}
