package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ordering keys whose first message failed again and again until it was let go of: when it is read again it is not tried as if it had never failed.
 * The latest ones only; some hundred bytes each, beside the memory of what is held.
 */
final class LetGo {

    private static final int MOST = 65_536;

    /** With how many outages of the topic had ended when it failed the last time. */
    private final Map<ParkedKey, Integer> keys = new LinkedHashMap<>();

    void add(HeldMessage message) {
        ParkedKey key = Intake.key(message.row);
        if (key != null) {
            keys.remove(key);
            keys.put(key, message.failedAfter());
            if (keys.size() > MOST) {
                keys.remove(keys.keySet().iterator().next());
            }
        }
    }

    boolean contains(OutboxRow row) {
        return failedAfter(row) != null;
    }

    /** How many outages of its topic had ended when the key failed the last time; null when it is not one of these. */
    @Nullable
    Integer failedAfter(OutboxRow row) {
        return keys.isEmpty() ? null : keys.get(Intake.key(row));
    }

    void remove(OutboxRow row) {
        if (!keys.isEmpty()) {
            keys.remove(Intake.key(row));
        }
    }
}
