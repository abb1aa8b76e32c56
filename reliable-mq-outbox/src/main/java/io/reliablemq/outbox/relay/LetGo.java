package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ordering keys whose first message failed again and again until it was let go of: when it is read again it is not tried as if it had never failed.
 * The latest ones only.
 */
final class LetGo {

    private static final int MOST = 16_384;

    private final Map<ParkedKey, Boolean> keys = new LinkedHashMap<>();

    void add(OutboxRow row) {
        ParkedKey key = Intake.key(row);
        if (key != null) {
            keys.remove(key);
            keys.put(key, true);
            if (keys.size() > MOST) {
                keys.remove(keys.keySet().iterator().next());
            }
        }
    }

    boolean contains(OutboxRow row) {
        return !keys.isEmpty() && keys.containsKey(Intake.key(row));
    }

    void remove(OutboxRow row) {
        if (!keys.isEmpty()) {
            keys.remove(Intake.key(row));
        }
    }
}
