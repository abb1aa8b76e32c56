package io.reliablemq.broker.embedded.server;

import java.time.Duration;
import org.apache.rocketmq.store.ha.HAService;

/** Leads a replica to its master and waits until it holds everything the master holds. */
final class Replication {

    private static final Duration CATCH_UP_WITHIN = Duration.ofSeconds(30);

    private final BrokerNode master;
    private final BrokerNode replica;

    Replication(BrokerNode master, BrokerNode replica) {
        this.master = master;
        this.replica = replica;
    }

    void connect() throws Exception {
        // the address in the store's settings is applied before there is an HA client, that is: not at all
        replica.store().updateHaMasterAddress(master.controller().getHAServerAddr());
        replica.store().updateMasterAddress(master.address());
        replica.controller().getSlaveSynchronize().setMasterAddr(master.address());
        Await.until("the replica's first acknowledgement", CATCH_UP_WITHIN, this::isCaughtUp);
        // topics, groups and offsets; by itself only every 10 s
        replica.controller().getSlaveSynchronize().syncAll();
    }

    private boolean isCaughtUp() {
        // an HA client that failed to connect sleeps for 5 s
        replica.store().wakeupHAClient();
        HAService haService = master.store().getHaService();
        long written = master.store().getMaxPhyOffset();
        return haService.getConnectionList().stream().anyMatch(connection -> connection.getSlaveAckOffset() >= written);
    }
}
