package io.reliablemq.broker.embedded.server;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.apache.rocketmq.auth.config.AuthConfig;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.broker.failover.EscapeBridge;
import org.apache.rocketmq.common.BrokerConfig;
import org.apache.rocketmq.remoting.RemotingServer;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.config.MessageStoreConfig;

/** A broker whose store counts a copy when it is on a disk, and only copies that a later master will have. */
final class StrictBrokerController extends BrokerController {

    private final FullDisk disk = new FullDisk();
    private final PatientRevival revival;
    private final LastRequests lastRequests;

    StrictBrokerController(
            BrokerConfig broker,
            NettyServerConfig server,
            NettyClientConfig client,
            MessageStoreConfig store,
            AuthConfig auth) {
        super(broker, server, client, store, auth);
        this.revival = new PatientRevival(this);
        this.lastRequests = new LastRequests(this);
        setShutdownHook(lastRequests);
    }

    /** What asks while the superclass is being made gets the original. */
    @Override
    public EscapeBridge getEscapeBridge() {
        return revival == null ? super.getEscapeBridge() : revival;
    }

    PatientRevival revival() {
        return revival;
    }

    /** Between the making of the store and its loading: nothing has been opened yet. */
    @Override
    public boolean initializeMessageStore() {
        return super.initializeMessageStore() && replaceParts((DefaultMessageStore) getMessageStore());
    }

    private boolean replaceParts(DefaultMessageStore store) {
        try {
            replace(store, "commitLog", new DurableReplicaLog(store));
            store.getPutMessageHookList().add(disk);
            if (getBrokerConfig().isEnableControllerMode()) {
                replace(store, "haService", new MajorityHAService(this::electable));
            }
            return true;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "RocketMQ's store has changed: its acknowledgements cannot be made to wait for the disks of replicas",
                    e);
        }
    }

    private static void replace(DefaultMessageStore store, String name, Object part)
            throws ReflectiveOperationException {
        Field field = DefaultMessageStore.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(store, part);
    }

    /** What reads the files of the store for a client; none of them before a store was loaded. */
    List<ExecutorService> requestExecutors() {
        return Stream.of(
                        sendMessageExecutor,
                        pullMessageExecutor,
                        litePullMessageExecutor,
                        putMessageFutureExecutor,
                        ackMessageExecutor,
                        replyMessageExecutor,
                        queryMessageExecutor,
                        adminBrokerExecutor,
                        clientManageExecutor,
                        heartbeatExecutor,
                        consumerManageExecutor,
                        loadBalanceExecutor,
                        endTransactionExecutor)
                .filter(Objects::nonNull)
                .toList();
    }

    /** None takes requests afterwards. */
    void closeServers() {
        remotingServerMap.values().forEach(RemotingServer::shutdown);
    }

    /** Whether no request is worked on any more: nobody touches the files of the store but the store itself. */
    boolean isIdle() {
        return lastRequests.haveEnded();
    }

    FullDisk disk() {
        return disk;
    }

    /** What the controller has confirmed last. */
    private Set<Long> electable() {
        return getReplicasManager().getSyncStateSet().getSyncStateSet();
    }
}
