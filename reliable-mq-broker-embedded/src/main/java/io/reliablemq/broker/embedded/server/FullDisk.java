package io.reliablemq.broker.embedded.server;

import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.store.PutMessageResult;
import org.apache.rocketmq.store.PutMessageStatus;
import org.apache.rocketmq.store.hook.PutMessageHook;
import org.jspecify.annotations.Nullable;

/** Refuses what is to be stored as the store itself does while its disk is too full; for tests, that need not fill one. */
final class FullDisk implements PutMessageHook {

    private volatile boolean full;

    void set(boolean isFull) {
        full = isFull;
    }

    @Override
    public String hookName() {
        return "fullDisk";
    }

    @Override
    public @Nullable PutMessageResult executeBeforePutMessage(MessageExt message) {
        return full ? new PutMessageResult(PutMessageStatus.SERVICE_NOT_AVAILABLE, null) : null;
    }
}
