package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The keys of one lane that do not go on, and of which rows were passed. None of them is held any more, however much room there is by then,
 * until the lane was turned back to the first one that was passed: a later one must not overtake it. Only on the loop's thread.
 */
final class PassedKeys {

    /** Where nobody has told that one goes on, and all the same one may. */
    private static final long LONGEST = Duration.ofMinutes(5).toNanos();
    /** Until what was let go of is tried again, although there is no room for it. */
    private static final long PAUSE = Duration.ofSeconds(30).toNanos();

    private final Set<ParkedKey> keys = new HashSet<>();
    private boolean any;
    private long since;
    /** One of them goes on. */
    private boolean freed;
    /** Of one not even the first row is held. */
    private boolean dropped;

    boolean contains(OutboxRow row) {
        return !keys.isEmpty() && keys.contains(Intake.key(row));
    }

    void pass(OutboxRow row, long now) {
        waitsSince(now);
        pass(row);
    }

    private void waitsSince(long now) {
        if (!any) {
            any = true;
            since = now;
        }
    }

    /** The topic is in outage: the end of that tells. */
    void pass(OutboxRow row) {
        ParkedKey key = Intake.key(row);
        if (key != null) {
            keys.add(key);
        }
    }

    /** There was no room for the first one of a key either. */
    void dropped(long now) {
        waitsSince(now);
        dropped = true;
    }

    /** The key goes on, or its messages are parked. */
    void free(OutboxRow row) {
        freed |= contains(row);
    }

    /** Whether it is time to read again what was passed. */
    boolean isDue(long now, boolean room) {
        return freed || (dropped && room) || (any && now - since >= (dropped ? PAUSE : LONGEST));
    }

    void clear() {
        keys.clear();
        any = false;
        freed = false;
        dropped = false;
    }
}
