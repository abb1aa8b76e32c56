package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RowRef;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves what the broker definitely refuses out of the way, with the later messages of its key, never the lane. */
final class Parking {

    private static final Logger log = LoggerFactory.getLogger(Parking.class);
    private static final int MOST_NAMED = 100;
    private static final String BEHIND = "behind parked messages of its ordering key";

    private final OutboxStore store;
    private final RelayObserver observer;

    Parking(OutboxStore store, RelayObserver observer) {
        this.store = store;
        this.observer = observer;
    }

    /** @return false when the lane has gone to another relay, which will decide anew */
    boolean park(Lane lane, List<OutboxRow> rows, Set<RowRef> unsent, String reason) {
        return parked(lane, rows, reason, store.park(lane.claim, refs(rows), unsent, reason));
    }

    /**
     * What the store leaves because an operator was faster is found again by looking behind the cursor.
     *
     * @param elsewhere other lanes in which the earlier ones may be
     */
    boolean parkBehind(Lane lane, Set<Integer> elsewhere, List<OutboxRow> rows, Set<RowRef> unsent) {
        return parked(lane, rows, BEHIND, store.parkBehind(lane.claim, elsewhere, refs(rows), unsent, BEHIND));
    }

    private static List<RowRef> refs(List<OutboxRow> rows) {
        return rows.stream().map(OutboxRow::ref).toList();
    }

    private static List<UUID> firstIds(List<OutboxRow> rows) {
        return rows.stream().limit(MOST_NAMED).map(row -> row.ref().messageId()).toList();
    }

    private boolean parked(Lane lane, List<OutboxRow> rows, String reason, boolean parked) {
        if (parked) {
            rows.forEach(row -> {
                ParkedKey key = Intake.key(row);
                if (key != null) {
                    lane.blocked.merge(key, row.ref().id(), Math::min);
                }
            });
            String topic = rows.get(0).message().topic();
            observer.parked(topic, rows.size(), reason);
            LogEvent.MESSAGES_PARKED
                    .on(log)
                    .addKeyValue("reliablemq.topic", topic)
                    .addKeyValue("reliablemq.messages", rows.size())
                    .addKeyValue("reliablemq.message_ids", firstIds(rows))
                    .addKeyValue("reliablemq.reason", reason)
                    .log(
                            "Parked {} message(s) to topic '{}', the first is {}: {}. They are kept in reliable_mq_outbox_parked;"
                                    + " mend the cause and release them",
                            rows.size(),
                            topic,
                            rows.get(0).ref().messageId(),
                            reason);
        }
        return parked;
    }
}
