package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RowRef;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves what the broker definitely refuses out of the way, with the later messages of its key, never the lane. */
final class Parking {

    private static final Logger log = LoggerFactory.getLogger(Parking.class);

    private final OutboxStore store;
    private final RelayObserver observer;

    Parking(OutboxStore store, RelayObserver observer) {
        this.store = store;
        this.observer = observer;
    }

    /** @return false when the lane has gone to another relay, which will decide anew */
    boolean park(Lane lane, List<OutboxRow> rows, Set<RowRef> unsent, String reason) {
        boolean parked =
                store.park(lane.claim, rows.stream().map(OutboxRow::ref).toList(), unsent, reason);
        if (parked) {
            rows.forEach(row -> {
                ParkedKey key = Intake.key(row);
                if (key != null) {
                    lane.blocked.merge(key, row.ref().id(), Math::min);
                }
            });
            String topic = rows.get(0).message().topic();
            observer.parked(topic, rows.size(), reason);
            log.error(
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
