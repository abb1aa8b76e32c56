package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
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
        queues.update(route(BOTH, BOTH));
        List<MessageQueue> before = ofKeys(queues);

        queues.update(route(ONE, ONE));

        assertThat(ofKeys(queues)).isEqualTo(before);
        assertThat(before).anySatisfy(queue -> assertThat(queue.getBrokerName()).isEqualTo("b"));
    }

    @Test
    void strictUsesQueuesThatAreAdded() {
        OrderedQueues queues = new OrderedQueues(QueueChange.STRICT);
        queues.update(route(ONE, ONE));
        queues.update(route(BOTH, BOTH));

        assertThat(ofKeys(queues))
                .anySatisfy(queue -> assertThat(queue.getBrokerName()).isEqualTo("b"));
    }

    /** A process that starts while a broker is away must not choose other queues than those that are running. */
    @Test
    void strictCountsQueuesThatShouldBeThereAndAreAwayFromTheBeginning() {
        OrderedQueues running = new OrderedQueues(QueueChange.STRICT);
        running.update(route(BOTH, BOTH));
        OrderedQueues started = new OrderedQueues(QueueChange.STRICT);
        started.update(route(BOTH, ONE));

        assertThat(ofKeys(started)).isEqualTo(ofKeys(running));
    }

    @Test
    void strictKeepsTheKeysOfQueuesThatAreTakenAwayWaitingUntilItIsStartedAgain() {
        List<MessageQueue> fewer = queues("a", 2);
        OrderedQueues running = new OrderedQueues(QueueChange.STRICT);
        running.update(route(ONE, ONE));
        List<MessageQueue> before = ofKeys(running);
        running.update(route(fewer, fewer));
        OrderedQueues started = new OrderedQueues(QueueChange.STRICT);
        started.update(route(fewer, fewer));

        assertThat(ofKeys(running)).isEqualTo(before).anyMatch(queue -> queue.getQueueId() == 3);
        assertThat(ofKeys(started)).allMatch(fewer::contains);
    }

    @Test
    void availableMovesAKeyToAQueueThatCanBeWritten() {
        OrderedQueues queues = new OrderedQueues(QueueChange.AVAILABLE);
        queues.update(route(BOTH, BOTH));
        queues.update(route(BOTH, ONE));

        assertThat(ofKeys(queues))
                .allSatisfy(queue -> assertThat(queue.getBrokerName()).isEqualTo("a"));
    }

    @Test
    void hasNoneWhereNothingCanBeWritten() {
        assertThat(new OrderedQueues(QueueChange.STRICT).of("key")).isNull();
    }

    private static TopicRoute route(List<MessageQueue> declared, List<MessageQueue> writable) {
        return new TopicRoute("topic", declared, writable, Map.of());
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
