package io.reliablemq.rocketmq.remoting;

import com.google.common.hash.Hashing;
import java.util.List;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jspecify.annotations.Nullable;

/** Which queue an ordering key belongs to: the one that a proxy would choose, so that the gRPC client can be beside this one. */
final class OrderedQueues {

    private final QueueChange change;
    private List<MessageQueue> queues = List.of();

    OrderedQueues(QueueChange change) {
        this.change = change;
    }

    /** Nothing of a key is in flight when its queue changes: the relay has at most one message of it under way. */
    void update(TopicRoute route) {
        if (change == QueueChange.AVAILABLE) {
            queues = route.writable();
        } else if (route.declared().containsAll(queues)) {
            queues = route.declared();
        }
    }

    /** Null when there is none. */
    @Nullable
    MessageQueue of(String orderingKey) {
        return queues.isEmpty() ? null : queues.get(Hashing.consistentHash(orderingKey.hashCode(), queues.size()));
    }
}
