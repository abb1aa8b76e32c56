package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

class OrderedQueuesTests {

    private static final List<MessageQueue> ONE = queues("a", 4);
    private static final List<MessageQueue> BOTH =
            Stream.concat(ONE.stream(), queues("b", 4).stream()).toList();

    @Test
    void strictKeepsAKeyWhereItIsWhileItsBrokerIsAway() {
        OrderedQueues queues = new OrderedQueues(QueueChange.STRICT);
        queues.update(BOTH);
        List<MessageQueue> before = ofKeys(queues);

        queues.update(ONE);

        assertThat(ofKeys(queues)).isEqualTo(before);
        assertThat(before).anySatisfy(queue -> assertThat(queue.getBrokerName()).isEqualTo("b"));
    }

    @Test
    void strictUsesQueuesThatAreAdded() {
        OrderedQueues queues = new OrderedQueues(QueueChange.STRICT);
        queues.update(ONE);
        queues.update(BOTH);

        assertThat(ofKeys(queues))
                .anySatisfy(queue -> assertThat(queue.getBrokerName()).isEqualTo("b"));
    }

    @Test
    void availableMovesAKeyToAQueueThatCanBeWritten() {
        OrderedQueues queues = new OrderedQueues(QueueChange.AVAILABLE);
        queues.update(BOTH);
        queues.update(ONE);

        assertThat(ofKeys(queues))
                .allSatisfy(queue -> assertThat(queue.getBrokerName()).isEqualTo("a"));
    }

    @Test
    void hasNoneWhereNothingCanBeWritten() {
        assertThat(new OrderedQueues(QueueChange.STRICT).of("key")).isNull();
    }

    private static List<MessageQueue> ofKeys(OrderedQueues queues) {
        return IntStream.range(0, 100).mapToObj(i -> queues.of("key " + i)).toList();
    }

    private static List<MessageQueue> queues(String broker, int count) {
        return IntStream.range(0, count)
                .mapToObj(id -> new MessageQueue("topic", broker, id))
                .toList();
    }
}
