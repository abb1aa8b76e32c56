package io.reliablemq.broker.embedded.server;

import java.util.EnumSet;
import java.util.Set;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.broker.failover.EscapeBridge;
import org.apache.rocketmq.common.message.MessageExtBrokerInner;
import org.apache.rocketmq.store.PutMessageResult;
import org.apache.rocketmq.store.PutMessageStatus;

/**
 * Waits with a message that is to be delivered again until the store takes it. RocketMQ tries once, then notes down to try later, in the
 * same store, and does not look whether that was taken: what came due while a replica was away or the disk was full, was lost to its group.
 */
final class PatientRevival extends EscapeBridge {

    private static final long PAUSE_MILLIS = 200;

    /** Others, such as a message that is too large, do not pass. */
    private static final Set<PutMessageStatus> PASSING = EnumSet.of(
            PutMessageStatus.SERVICE_NOT_AVAILABLE,
            PutMessageStatus.IN_SYNC_REPLICAS_NOT_ENOUGH,
            PutMessageStatus.CREATE_MAPPED_FILE_FAILED,
            PutMessageStatus.OS_PAGE_CACHE_BUSY);

    private final BrokerController broker;
    private volatile boolean closed;

    PatientRevival(BrokerController broker) {
        super(broker);
        this.broker = broker;
    }

    /** From now on nobody waits. */
    void close() {
        closed = true;
    }

    /** @throws IllegalStateException when it is left to whoever is the master next, which begins before it */
    @Override
    public PutMessageResult putMessageToSpecificQueue(MessageExtBrokerInner message) {
        PutMessageResult result = super.putMessageToSpecificQueue(message);
        while (PASSING.contains(result.getPutMessageStatus())) {
            if (closed || broker.peekMasterBroker() == null) {
                throw new IllegalStateException("the broker ends, or is no master any more");
            }
            pause();
            result = super.putMessageToSpecificQueue(message);
        }
        return result;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
