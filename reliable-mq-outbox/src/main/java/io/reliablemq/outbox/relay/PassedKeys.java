package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stuck keys of one lane of which rows were passed for want of room. None of them is held any more, however much room there is
 * by then, until the lane was turned back to the first one that was passed: a later one must not overtake it. Only on the loop's thread.
 */
final class PassedKeys {

    private static final long LONGEST = Duration.ofSeconds(30).toNanos();

    private final Set<ParkedKey> keys = new HashSet<>();
    private boolean freed;
    private long since;

    boolean contains(OutboxRow row) {
        return !keys.isEmpty() && keys.contains(Intake.key(row));
    }

    void pass(@Nullable ParkedKey key, long now) {
        if (key == null) {
            return;
        }
        if (keys.isEmpty()) {
            since = now;
        }
        keys.add(key);
    }

    /** The key goes on, or its messages are parked. */
    void free(OutboxRow row) {
        freed |= contains(row);
    }

    /**
     * Whether to turn back. Each time everything that was passed is read again, so the rest of the lane comes first, for some time.
     *
     * @param readThrough whether the lane was read as far as it can be for now
     */
    boolean isDue(long now, boolean readThrough) {
        return freed && (readThrough || now - since >= LONGEST);
    }

    void clear() {
        keys.clear();
        freed = false;
    }
}
