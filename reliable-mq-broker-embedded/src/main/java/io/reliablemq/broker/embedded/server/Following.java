package io.reliablemq.broker.embedded.server;

import java.time.Duration;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.ha.HAConnectionState;

/** Leads a replica to its master, which may be in another process. */
final class Following {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(60);

    private final BrokerNode replica;

    Following(BrokerNode replica) {
        this.replica = replica;
    }

    /** Returns when the two are connected; {@link Copies} of the master says when the replica holds everything. */
    void start(String masterAddress, String replicationAddress) {
        DefaultMessageStore store = replica.store();
        // the address in the store's settings is applied before there is an HA client, that is: not at all
        store.updateHaMasterAddress(replicationAddress);
        store.updateMasterAddress(masterAddress);
        replica.controller().getSlaveSynchronize().setMasterAddr(masterAddress);
        Await.until("the replica's connection to its master", CONNECT_WITHIN, () -> {
            // one that failed to connect sleeps for 5 s
            store.wakeupHAClient();
            return store.getHaService().getHAClient().getCurrentState() == HAConnectionState.TRANSFER;
        });
    }

    /** Takes over the master's topics, groups and offsets; by itself a replica does so every 10 s only. */
    void takeOver() {
        replica.controller().getSlaveSynchronize().syncAll();
    }
}
