package io.reliablemq.benchmarks.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;

/** RocketMQ's own client: threads that receive and acknowledge at once, without waiting for the broker's answer. */
public final class RawReceive implements AutoCloseable {

    private static final int AT_ONCE = 32;
    private static final int OPEN_ACKNOWLEDGEMENTS = 256;
    private static final Duration INVISIBLE = Duration.ofMinutes(1);

    private final SimpleConsumer consumer;

    public RawReceive(BenchmarkBroker broker, String group, boolean ordered) throws ClientException {
        consumer = ClientServiceProvider.loadService()
                .newSimpleConsumerBuilder()
                .setClientConfiguration(ClientConfiguration.newBuilder()
                        .setEndpoints(broker.endpoints())
                        .enableSsl(false)
                        .build())
                .setConsumerGroup(group)
                .setSubscriptionExpressions(
                        Collections.singletonMap(BenchmarkBroker.receiveTopic(ordered), FilterExpression.SUB_ALL))
                .setAwaitDuration(Duration.ofSeconds(5))
                .build();
    }

    /** @return messages per second, from the first receive to the last acknowledgement */
    public double rate(int messages, int threads) throws InterruptedException {
        AtomicInteger received = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        Semaphore acknowledgements = new Semaphore(OPEN_ACKNOWLEDGEMENTS);
        List<Thread> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            all.add(new Thread(() -> {
                while (received.get() < messages && failed.get() == 0) {
                    receive(received, failed, acknowledgements);
                }
            }));
        }
        all.forEach(Thread::start);
        for (Thread thread : all) {
            thread.join();
        }
        acknowledgements.acquire(OPEN_ACKNOWLEDGEMENTS);
        if (failed.get() > 0 || received.get() != messages) {
            throw new IllegalStateException(
                    received.get() + " of " + messages + " messages were received, " + failed.get() + " failures");
        }
        return messages * 1e9 / (System.nanoTime() - start);
    }

    private void receive(AtomicInteger received, AtomicInteger failed, Semaphore acknowledgements) {
        try {
            for (MessageView message : consumer.receive(AT_ONCE, INVISIBLE)) {
                received.incrementAndGet();
                acknowledgements.acquire();
                CompletableFuture<Void> unused = consumer.ackAsync(message).whenComplete((done, failure) -> {
                    acknowledgements.release();
                    if (failure != null) {
                        failed.incrementAndGet();
                    }
                });
            }
        } catch (ClientException | InterruptedException e) {
            failed.incrementAndGet();
        }
    }

    @Override
    public void close() throws Exception {
        consumer.close();
    }
}
