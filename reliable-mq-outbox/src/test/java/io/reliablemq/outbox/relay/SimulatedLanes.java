package io.reliablemq.outbox.relay;

import java.util.UUID;
import java.util.function.LongSupplier;

/** The lane tables of a simulation: only whose lease has ended at that moment is expelled. */
final class SimulatedLanes extends MemoryLanes {

    private static final UUID NOBODY = new UUID(0, 0);

    SimulatedLanes(int lanes, LongSupplier clock) {
        super(lanes, clock);
    }

    @Override
    public synchronized int expel(UUID deadNode) {
        return deadNodes(NOBODY).contains(deadNode) ? super.expel(deadNode) : 0;
    }
}
