package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The keys of one lane that do not go on, and of which rows were passed. No further row of them is taken, however much room there is by then,
 * until the lane was turned back to the first one that was passed: a later one must not overtake it. Only on the loop's thread.
 */
final class PassedKeys {

    /** Where nobody has told that they go on, and all the same some may. */
    private static final long LONGEST = Duration.ofMinutes(5).toNanos();

    private static final int MOST = 4_096;

    private final Set<ParkedKey> keys = new HashSet<>();
    /** Those of which there were more keys than are remembered. */
    private final Set<String> topics = new HashSet<>();

    private boolean any;
    private long since;
    private boolean freed;

    boolean contains(OutboxRow row) {
        ParkedKey key = keys.isEmpty() ? null : Intake.key(row);
        return key != null && (keys.contains(key) || topics.contains(key.topic()));
    }

    void pass(OutboxRow row, long now) {
        if (!any) {
            any = true;
            since = now;
        }
        ParkedKey key = Intake.key(row);
        if (key != null && keys.size() < MOST) {
            keys.add(key);
        } else if (key != null) {
            topics.add(key.topic());
        }
    }

    /** Something goes on that did not. */
    void free() {
        freed = any;
    }

    /** Whether it is time to read again what was passed. */
    boolean isDue(long now, boolean allGoOn) {
        return freed || (any && (allGoOn || now - since >= LONGEST));
    }

    void clear() {
        keys.clear();
        topics.clear();
        any = false;
        freed = false;
    }
}
