package io.reliablemq.broker.embedded.server;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.store.CommitLog.GroupCommitRequest;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.PutMessageStatus;
import org.apache.rocketmq.store.ha.autoswitch.AutoSwitchHAConnection;
import org.apache.rocketmq.store.ha.autoswitch.AutoSwitchHAService;

/**
 * Acknowledges what every replica has that the controller might elect, and what two copies have at least. The original takes a
 * replica whose connection ends off its list before the controller has, and then waits for the others only: a message that
 * was on its way is acknowledged with one copy, or the controller elects one that does not have it.
 */
final class MajorityHAService extends AutoSwitchHAService {

    private final Supplier<Set<Long>> electable;

    MajorityHAService(Supplier<Set<Long>> electable) {
        this.electable = electable;
    }

    @Override
    public void init(DefaultMessageStore store) throws IOException {
        super.init(store);
        Loopback.listen(acceptSocketService, store);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // every failure is an answer
    public void putRequest(GroupCommitRequest request) {
        long slaveTimeout = getDefaultMessageStore().getMessageStoreConfig().getSlaveTimeout();
        GroupCommitRequest all =
                new GroupCommitRequest(request.getNextOffset(), slaveTimeout, MixAll.ALL_ACK_IN_SYNC_STATE_SET);
        all.future()
                .thenApply(status -> checked(status, request.getNextOffset()))
                .exceptionally(failure -> PutMessageStatus.FLUSH_SLAVE_TIMEOUT)
                .thenAccept(request::wakeupCustomer);
        super.putRequest(all);
    }

    private PutMessageStatus checked(PutMessageStatus status, long offset) {
        return status == PutMessageStatus.PUT_OK && !isSafe(offset) ? PutMessageStatus.FLUSH_SLAVE_TIMEOUT : status;
    }

    private boolean isSafe(long offset) {
        Set<Long> holders = getConnectionList().stream()
                .filter(connection -> connection.getSlaveAckOffset() >= offset)
                .map(connection -> ((AutoSwitchHAConnection) connection).getSlaveId())
                .collect(Collectors.toCollection(HashSet::new));
        holders.add(getLocalBrokerId());
        Set<Long> needed = new HashSet<>(electable.get());
        needed.addAll(getSyncStateSet());
        int fewest = getDefaultMessageStore().getMessageStoreConfig().getMinInSyncReplicas();
        return holders.size() >= fewest && holders.containsAll(needed);
    }
}
