package io.reliablemq.benchmarks.broker;

import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jspecify.annotations.Nullable;

/**
 * RocketMQ's classic client, in batches, without a database: several batches in flight where there is no order; where there is, one per
 * queue, with one message of each of its keys.
 */
public final class RawBatches implements AutoCloseable {

    private static final int BATCH = 128;
    private static final int IN_FLIGHT = 4;
    private static final long TIMEOUT_SECONDS = 300;

    private final BenchmarkBroker broker;
    private final DefaultMQProducer producer;

    public RawBatches(BenchmarkBroker broker) throws MQClientException {
        this.broker = broker;
        this.producer = new DefaultMQProducer("raw-batches");
        producer.setNamesrvAddr(broker.nameServer());
        producer.setInstanceName("raw-batches");
        producer.setRetryTimesWhenSendAsyncFailed(0);
        producer.start();
    }

    /**
     * Sends the messages once.
     *
     * @return messages per second, from the first send to the last acknowledgement
     */
    public double rate(int messages, boolean ordered) throws Exception {
        long start = System.nanoTime();
        CompletableFuture<Void> all = ordered ? sendOrdered(messages) : sendAll(messages);
        all.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return messages * 1e9 / (System.nanoTime() - start);
    }

    private CompletableFuture<Void> sendAll(int messages) throws Exception {
        Semaphore free = new Semaphore(IN_FLIGHT);
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int first = 0; first < messages; first += BATCH) {
            free.acquire();
            List<Message> batch = IntStream.range(first, Math.min(messages, first + BATCH))
                    .mapToObj(sequence -> message(sequence, false))
                    .toList();
            sent.add(send(batch, null).whenComplete((done, failure) -> free.release()));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> sendOrdered(int messages) throws Exception {
        List<MessageQueue> queues = producer.fetchPublishMessageQueues(broker.topic(true));
        return CompletableFuture.allOf(IntStream.range(0, queues.size())
                .mapToObj(queue -> sendRounds(queues.get(queue), new Round(queue, queues.size(), 0, messages)))
                .toArray(CompletableFuture[]::new));
    }

    /** The next message of each key of a queue. */
    private record Round(int queue, int queues, int number, int messages) {

        List<Integer> sequences() {
            return IntStream.range(0, Keys.COUNT)
                    .filter(key -> key % queues == queue)
                    .map(key -> key + number * Keys.COUNT)
                    .filter(sequence -> sequence < messages)
                    .boxed()
                    .toList();
        }

        Round next() {
            return new Round(queue, queues, number + 1, messages);
        }
    }

    private CompletableFuture<Void> sendRounds(MessageQueue queue, Round round) {
        List<Message> batch = round.sequences().stream()
                .map(sequence -> message(sequence, true))
                .toList();
        return batch.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : send(batch, queue).thenComposeAsync(done -> sendRounds(queue, round.next()));
    }

    private CompletableFuture<Void> send(List<Message> batch, @Nullable MessageQueue queue) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        try {
            if (queue == null) {
                producer.send(batch, new Callback(answer));
            } else {
                producer.send(batch, queue, new Callback(answer));
            }
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private Message message(int sequence, boolean ordered) {
        return new Message(broker.topic(ordered), null, UUID.randomUUID().toString(), Payloads.bytesOf(sequence));
    }

    @Override
    public void close() {
        producer.shutdown();
    }

    private record Callback(CompletableFuture<Void> answer) implements SendCallback {

        @Override
        public void onSuccess(SendResult result) {
            if (result.getSendStatus() == SendStatus.SEND_OK) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(new IllegalStateException(result.toString()));
            }
        }

        @Override
        public void onException(Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }
}
