package io.reliablemq.broker.embedded.server;

import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.broker.controller.ReplicasManager;
import org.apache.rocketmq.store.config.BrokerRole;
import org.apache.rocketmq.store.ha.HAClient;
import org.apache.rocketmq.store.ha.HAConnectionState;

/**
 * Leads a replica to the master that was elected. RocketMQ's own way is over the name server, where a replica asks every 10 s; and
 * a replica that could not connect tries again after 5 s.
 */
final class ElectedMaster {

    private static final int LOOK_MILLIS = 50;
    /** How old topics, groups and offsets may be when this replica becomes the master. */
    private static final int TAKE_OVER_MILLIS = 2_000;

    private final BrokerNode node;

    ElectedMaster(BrokerNode node) {
        this.node = node;
    }

    void follow() {
        Thread watch = new Thread(this::watch, "embedded-rocketmq-elected-master");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch() {
        long takeOver = System.nanoTime();
        while (!node.store().isShutdown()) {
            HAClient client = node.store().getHaService().getHAClient();
            if (isReplica() && client != null && client.getCurrentState() == HAConnectionState.READY) {
                lead(client);
                takeOver = System.nanoTime();
            } else if (isReplica() && System.nanoTime() - takeOver >= 0) {
                new Following(node).takeOver();
                takeOver = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TAKE_OVER_MILLIS);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void lead(HAClient client) {
        ReplicasManager replicas = node.controller().getReplicasManager();
        String master = replicas.getMasterAddress();
        if (!master.isEmpty()) {
            client.updateHaMasterAddress(replicationAddress(master));
            client.wakeup();
        }
    }

    private boolean isReplica() {
        return node.store().getMessageStoreConfig().getBrokerRole() == BrokerRole.SLAVE;
    }

    private static String replicationAddress(String broker) {
        int port = Integer.parseInt(broker.substring(broker.indexOf(':') + 1));
        return Ports.LOOPBACK + ":" + (port + BrokerSettings.REPLICATION_PORT);
    }
}
