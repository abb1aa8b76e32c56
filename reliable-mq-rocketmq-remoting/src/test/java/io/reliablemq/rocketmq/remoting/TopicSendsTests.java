package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

class TopicSendsTests {

    private final TopicSends topic = new TopicSends("topic", "topic", RemotingSettings.at("127.0.0.1:9876"));
    private final List<Batch> sent = new ArrayList<>();

    @Test
    void hasOneBatchOfEachQueueInFlightWhereThereIsOrder() {
        routed(4);
        for (int round = 0; round < 3; round++) {
            IntStream.range(0, 100).forEach(i -> add("key " + i, 0));
            flush();
        }

        assertThat(sent).hasSize(4).extracting(batch -> batch.queue).doesNotHaveDuplicates();
    }

    @Test
    void sendsDelayedMessagesOneByOne() {
        routed(4);
        IntStream.range(0, 10).forEach(i -> add(null, System.currentTimeMillis() + 60_000));
        flush();

        assertThat(sent).hasSize(10).allMatch(batch -> batch.size() == 1);
    }

    @Test
    void hasAFewBatchesInFlightWhereThereIsNoOrder() {
        routed(4);
        for (int round = 0; round < 6; round++) {
            IntStream.range(0, 10).forEach(i -> add(null, 0));
            flush();
        }

        assertThat(sent).hasSize(BatchSettings.DEFAULT.inFlight()).allMatch(batch -> batch.queue == null);
    }

    /** What was handed over before anybody said where the topic is must not have gone elsewhere, or be forgotten. */
    @Test
    void keepsWhatComesBeforeTheRouteIsKnown() {
        IntStream.range(0, 10).forEach(i -> add("key", 0));
        flush();
        assertThat(sent).isEmpty();

        routed(1);
        flush();

        assertThat(sent).singleElement().extracting(Batch::size).isEqualTo(10);
    }

    private void routed(int queues) {
        List<MessageQueue> all = IntStream.range(0, queues)
                .mapToObj(id -> new MessageQueue("topic", "broker", id))
                .toList();
        topic.routed(new KnownTopic(new TopicRoute("topic", all, all, Map.of()), AcceptedType.ANY));
    }

    private void flush() {
        topic.flush((lane, batch) -> sent.add(batch));
    }

    private void add(String orderingKey, long deliverAt) {
        topic.add(new PendingSend(new OutgoingMessage(
                UUID.randomUUID(),
                "topic",
                null,
                null,
                orderingKey,
                "text/plain",
                "x".getBytes(UTF_8),
                Map.of(),
                1,
                deliverAt)));
    }
}
