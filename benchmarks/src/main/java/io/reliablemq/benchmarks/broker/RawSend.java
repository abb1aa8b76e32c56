package io.reliablemq.benchmarks.broker;

import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.jspecify.annotations.Nullable;

/** RocketMQ's own client, pipelined, without a database: messages without order in one window, or one chain per key. */
public final class RawSend implements AutoCloseable {

    private static final long TIMEOUT_SECONDS = 300;

    private final ClientServiceProvider provider = ClientServiceProvider.loadService();
    private final BenchmarkBroker broker;
    private final Producer producer;

    public RawSend(BenchmarkBroker broker) throws ClientException {
        this.broker = broker;
        this.producer = provider.newProducerBuilder()
                .setClientConfiguration(ClientConfiguration.newBuilder()
                        .setEndpoints(broker.endpoints())
                        .enableSsl(false)
                        .build())
                .setTopics(broker.topic(false), broker.topic(true))
                .setMaxAttempts(1)
                .build();
    }

    /**
     * Sends the messages once.
     *
     * @param window how many without order may be in flight; of ordered ones it is one per key
     * @return messages per second, from the first send to the last acknowledgement
     */
    public double rate(int messages, boolean ordered, int window) throws InterruptedException {
        Run run = new Run(messages);
        long start = System.nanoTime();
        if (ordered) {
            for (int key = 0; key < Math.min(Keys.COUNT, messages); key++) {
                sendChain(key, run);
            }
        } else {
            sendAll(window, run);
        }
        run.await();
        return messages * 1e9 / (System.nanoTime() - start);
    }

    /** Sends one message of that number; completed when the broker has acknowledged it. */
    public CompletionStage<Void> send(int sequence, boolean ordered) {
        return send(sequence, ordered ? Keys.of(sequence) : null).thenAccept(receipt -> {});
    }

    private void sendAll(int window, Run run) throws InterruptedException {
        Semaphore free = new Semaphore(window);
        for (int sequence = 0; sequence < run.messages; sequence++) {
            free.acquire();
            send(sequence, null).whenComplete((receipt, failure) -> {
                free.release();
                run.answered(failure);
            });
        }
    }

    private void sendChain(int sequence, Run run) {
        send(sequence, Keys.of(sequence)).whenComplete((receipt, failure) -> {
            if (failure == null && sequence + Keys.COUNT < run.messages) {
                sendChain(sequence + Keys.COUNT, run);
            }
            run.answered(failure);
        });
    }

    private CompletionStage<SendReceipt> send(int sequence, @Nullable String key) {
        return producer.sendAsync(message(sequence, key));
    }

    private Message message(int sequence, @Nullable String key) {
        MessageBuilder builder = provider.newMessageBuilder()
                .setTopic(broker.topic(key != null))
                .setKeys(UUID.randomUUID().toString())
                .setBody(Payloads.bytesOf(sequence));
        return key == null ? builder.build() : builder.setMessageGroup(key).build();
    }

    @Override
    public void close() throws Exception {
        producer.close();
    }

    private static final class Run {

        final int messages;
        private final AtomicInteger remaining;
        private final CountDownLatch done = new CountDownLatch(1);
        private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

        Run(int messages) {
            this.messages = messages;
            this.remaining = new AtomicInteger(messages);
        }

        void answered(@Nullable Throwable failure) {
            if (failure != null) {
                failures.add(failure);
                done.countDown();
            }
            if (remaining.decrementAndGet() == 0) {
                done.countDown();
            }
        }

        void await() throws InterruptedException {
            boolean inTime = done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!inTime || !failures.isEmpty()) {
                throw new IllegalStateException(
                        remaining.get() + " of " + messages + " raw sends were not acknowledged", failures.peek());
            }
        }
    }
}
