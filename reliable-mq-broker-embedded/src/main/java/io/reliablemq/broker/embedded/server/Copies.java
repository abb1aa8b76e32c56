package io.reliablemq.broker.embedded.server;

import java.time.Duration;

/** What a master knows of its replica. */
final class Copies {

    private static final Duration CATCH_UP_WITHIN = Duration.ofSeconds(60);

    private final BrokerNode master;

    Copies(BrokerNode master) {
        this.master = master;
    }

    /** Waits until the replica holds everything that the master holds. */
    void awaitReplica() {
        Await.until("the replica's first acknowledgement", CATCH_UP_WITHIN, this::isCaughtUp);
    }

    private boolean isCaughtUp() {
        long written = master.store().getMaxPhyOffset();
        return master.store().getHaService().getConnectionList().stream()
                .anyMatch(connection -> connection.getSlaveAckOffset() >= written);
    }
}
