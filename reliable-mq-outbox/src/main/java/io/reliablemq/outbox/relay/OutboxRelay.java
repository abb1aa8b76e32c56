package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RelayStatus;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Moves committed messages from the outbox to the broker.
 *
 * <p><b>Guarantee</b>: a row is deleted only after the broker has stored its message; until then it is sent again, under the
 * same id. Of one ordering key (per topic) message n+1 is sent only after n is stored. Any number of processes share the lanes
 * of one database; each lane has one owner at a time, and a dead owner's lanes are taken over within lease + lease/3.
 *
 * <p><b>Thread</b>: five daemon threads: the loop, the reader, the settler, the lane keeper, the mover of delayed
 * messages. All methods may be called by any thread.
 *
 * <p><b>Errors</b>: an unreachable database or broker is waited for, with back-off and a log line; nothing is thrown.
 */
public final class OutboxRelay implements RelayFeed {

    private final KnownLayout layout;
    private final Supplier<RelayRun> runs;
    private volatile RelayRun run;

    /**
     * @param atStart the layout that the database had a moment ago
     * @param name of this process, for operators; need not be unique
     */
    public OutboxRelay(
            OutboxStore store,
            LaneStore lanes,
            LaneLayout atStart,
            MessageSender sender,
            RelaySettings settings,
            RelayObserver observer,
            String name) {
        layout = new KnownLayout(atStart);
        runs = () -> new RelayRun(store, lanes, layout, sender, settings, observer, name, Circumstances.REAL);
        run = runs.get();
    }

    /** Starts, also again after {@link #stop}; does nothing while it runs. */
    public synchronized void start() {
        if (run.running()) {
            return;
        }
        if (run.started()) {
            run = runs.get();
        }
        run.start();
    }

    /**
     * Sends nothing new, waits for the answers of what is in flight, deletes what is stored, gives the lanes up. Bounded by the
     * shutdown time-out; what is not settled by then is sent once more by the next owner.
     */
    public synchronized void stop() {
        run.stop();
    }

    /** What ordered messages of this process are to be written by, at this moment. */
    public LaneLayout layout() {
        return layout.get();
    }

    /** What goes on right now; {@code running} is false also when the loop does not answer within a second. */
    public RelayStatus status() {
        return run.status();
    }

    @Override
    public int unorderedLane() {
        return run.unorderedLane();
    }

    @Override
    public void announce(Collection<UUID> messageIds) {
        run.announce(messageIds);
    }

    @Override
    public void committed(List<OutboxRow> rows) {
        run.committed(rows);
    }

    @Override
    public void released(Collection<UUID> messageIds) {
        run.released(messageIds);
    }
}
