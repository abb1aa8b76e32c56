package io.reliablemq.broker.embedded.server;

import org.apache.rocketmq.store.config.BrokerRole;
import org.apache.rocketmq.store.config.FlushDiskType;
import org.apache.rocketmq.store.config.MessageStoreConfig;

/** The settings of one broker's store: every copy on disk before the acknowledgement, nothing deleted by force. */
record StoreSettings(BrokerSettings broker) {

    // file sizes are part of the format on disk: changing one makes existing data directories unreadable
    private static final int COMMIT_LOG_FILE = 32 * 1024 * 1024;
    private static final int CONSUME_QUEUE_FILE = 20 * 50_000;
    private static final int BATCH_CONSUME_QUEUE_FILE = 46 * 5_000;
    private static final int TIMER_LOG_FILE = 4 * 1024 * 1024;
    private static final int TIMER_PRECISION_MILLIS = 100;
    /**
     * Each flush compares all 37 MB of the timer wheel with its file. What was delayed since the last one is taken from the log
     * again when the process was killed, and may come twice.
     */
    private static final int TIMER_WHEEL_FLUSH_MILLIS = 10_000;

    MessageStoreConfig config() {
        MessageStoreConfig config = new MessageStoreConfig();
        files(config);
        durability(config);
        replication(config);
        broker.server().disk().applyTo(config);
        return config;
    }

    private void files(MessageStoreConfig config) {
        config.setStorePathRootDir(broker.directory().toString());
        config.setStorePathCommitLog(broker.directory().resolve("commitlog").toString());
        config.setMappedFileSizeCommitLog(COMMIT_LOG_FILE);
        config.setMappedFileSizeConsumeQueue(CONSUME_QUEUE_FILE);
        config.setMapperFileSizeBatchConsumeQueue(BATCH_CONSUME_QUEUE_FILE);
        config.setMappedFileSizeTimerLog(TIMER_LOG_FILE);
        config.setTimerPrecisionMs(TIMER_PRECISION_MILLIS);
        config.setTimerFlushIntervalMs(TIMER_WHEEL_FLUSH_MILLIS);
        config.setMessageIndexEnable(false);
        config.setEnableCompaction(false);
    }

    private static void durability(MessageStoreConfig config) {
        config.setFlushDiskType(FlushDiskType.SYNC_FLUSH);
        // blocks are on the disk before messages are: a full disk then costs no acknowledged message.
        // Needs mlock, which Windows does not have.
        config.setWarmMapedFileEnable(!Platform.isWindows());
        config.setOsPageCacheBusyTimeOutMills(3_000);
        // else what is due while the disk is full or a replica is away is thrown away after 0.2 s: delayed messages,
        // and the notes by which messages without an acknowledgement come again
        config.setTimerEnableRetryUntilSuccess(true);
    }

    private void replication(MessageStoreConfig config) {
        int replicas = broker.server().replicas();
        config.setBrokerRole(role(replicas));
        config.setHaListenPort(broker.port() + BrokerSettings.REPLICATION_PORT);
        config.setTotalReplicas(replicas);
        // the default of 1 makes SYNC_MASTER wait for nobody
        config.setInSyncReplicas(replicas);
        config.setMinInSyncReplicas(replicas);
        config.setEnableAutoInSyncReplicas(false);
        if (broker.server().isControlled()) {
            majority(config);
        }
        // below the 2 s that the proxy waits, so that the client gets the real status
        config.setSlaveTimeout(1_500);
        // also how long a replica waits before its first report
        config.setHaSendHeartbeatInterval(200);
    }

    private static void majority(MessageStoreConfig config) {
        // those that could be elected, and two at least
        config.setAllAckInSyncStateSet(true);
        config.setMinInSyncReplicas(2);
        config.setHaMaxTimeSlaveNotCatchup(3_000);
        config.setHaHousekeepingInterval(2_000);
    }

    private BrokerRole role(int replicas) {
        if (broker.seat().copy() != 0 || broker.server().isControlled()) {
            return BrokerRole.SLAVE;
        }
        return replicas > 1 ? BrokerRole.SYNC_MASTER : BrokerRole.ASYNC_MASTER;
    }
}
