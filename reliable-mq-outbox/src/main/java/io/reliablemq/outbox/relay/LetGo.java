package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The ordering keys whose first message failed again and again until it was let go of: when it is read again it is not tried as if it had never failed.
 * The latest ones only.
 */
final class LetGo {

    private static final int MOST = 65_536;

    private final Set<ParkedKey> keys = new LinkedHashSet<>();

    void add(OutboxRow row) {
        ParkedKey key = Intake.key(row);
        if (key != null) {
            keys.remove(key);
            keys.add(key);
            if (keys.size() > MOST) {
                keys.remove(keys.iterator().next());
            }
        }
    }

    boolean contains(OutboxRow row) {
        return !keys.isEmpty() && keys.contains(Intake.key(row));
    }

    void remove(OutboxRow row) {
        if (!keys.isEmpty()) {
            keys.remove(Intake.key(row));
        }
    }
}
