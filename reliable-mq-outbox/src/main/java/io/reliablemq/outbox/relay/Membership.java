package io.reliablemq.outbox.relay;

import com.fasterxml.uuid.Generators;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;

/** This process's row in the node table: its lease, and the lane layout that it works by. Touched by one thread. */
final class Membership {

    /** How a node is registered, under a new id each time. */
    interface Joining {
        void join(UUID node, String name, Duration lease);
    }

    private final LaneStore store;
    private final Joining joining;
    private final String name;
    private final Duration lease;
    private UUID node = Generators.timeBasedEpochGenerator().generate();
    private boolean joined;
    private long acknowledged;

    Membership(LaneStore store, Joining joining, String name, Duration lease) {
        this.store = store;
        this.joining = joining;
        this.name = name;
        this.lease = lease;
    }

    UUID node() {
        return node;
    }

    boolean joined() {
        return joined;
    }

    /** @param expelled told when others have taken this process for dead, before it joins again */
    void renew(Runnable expelled) {
        if (joined && !store.heartbeat(node, lease)) {
            expelled.run();
            joined = false;
        }
        if (!joined) {
            // a new one for each attempt: after one that failed nobody knows whether it took effect
            node = Generators.timeBasedEpochGenerator().generate();
            joining.join(node, name, lease);
            joined = true;
            acknowledged = 0;
        }
    }

    /**
     * Looks how many lanes there are. Only after it has joined: then no change goes on without its acknowledgement.
     *
     * @param works told the layout each time; whether this process works by it now
     */
    LaneLayout follow(Predicate<LaneLayout> works) {
        LaneLayout layout = store.layout();
        if (works.test(layout) && layout.epoch() != acknowledged) {
            store.acknowledge(node, layout.epoch());
            acknowledged = layout.epoch();
        }
        return layout;
    }

    void leave() {
        store.leave(node);
        joined = false;
    }
}
