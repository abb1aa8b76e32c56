package io.reliablemq.broker.embedded.server;

import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.store.CommitLog;
import org.apache.rocketmq.store.DefaultMessageStore;

/**
 * A commit log that has on the disk what a master sent before the replica can report it. The original reports what is in the
 * page cache, whatever its flush type says.
 */
final class DurableReplicaLog extends CommitLog {

    private static final long PAUSE_NANOS = 1_000_000;

    DurableReplicaLog(DefaultMessageStore store) {
        super(store);
    }

    @Override
    public boolean appendData(long startOffset, byte[] data, int dataStart, int dataLength) {
        boolean appended = super.appendData(startOffset, data, dataStart, dataLength);
        if (appended) {
            awaitFlush(startOffset + dataLength);
        }
        return appended;
    }

    /** Not until some time has passed: what is reported next is the end of the log, flushed or not. */
    private void awaitFlush(long end) {
        while (getFlushedWhere() < end) {
            flush();
            if (getFlushedWhere() < end) {
                if (Thread.currentThread().isInterrupted() || defaultMessageStore.isShutdown()) {
                    throw new IllegalStateException("closed before what the master sent was on the disk");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
