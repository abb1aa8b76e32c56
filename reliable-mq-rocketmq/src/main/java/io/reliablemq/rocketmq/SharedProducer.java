package io.reliablemq.rocketmq;

import io.reliablemq.rocketmq.wire.BoundedClose;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one producer of a connection. It is built on a background thread at the first send, and built anew when nobody has
 * answered for a while, because gRPC waits up to two minutes between attempts to connect, or at once when the client broke.
 */
final class SharedProducer {

    private static final Logger log = LoggerFactory.getLogger(SharedProducer.class);
    private static final long RENEW_AFTER_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Clients clients;
    private final ExecutorService background;
    private @Nullable Incarnation current;
    private boolean closed;

    SharedProducer(Clients clients) {
        this.clients = clients;
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "reliable-mq-rocketmq-producer");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        this.background = executor;
    }

    CompletableFuture<SendReceipt> send(Message message) {
        Incarnation incarnation = incarnation();
        if (incarnation == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("The connection is closed"));
        }
        return incarnation.send(message).whenComplete((receipt, failure) -> {
            if (failure == null || Failures.answered(failure)) {
                incarnation.answered();
            } else if (Failures.brokeTheClient(failure) || incarnation.isStale()) {
                renew(incarnation);
            }
        });
    }

    private synchronized @Nullable Incarnation incarnation() {
        if (current == null && !closed) {
            current = new Incarnation(clients, background);
        }
        return current;
    }

    private void renew(Incarnation stale) {
        synchronized (this) {
            if (current != stale) {
                return;
            }
            current = null;
        }
        log.debug("Nobody has answered this producer for a while: the next send builds another");
        stale.close();
    }

    /** Bounded; what is in flight then has an unknown outcome. */
    void close() {
        Incarnation last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        if (last != null) {
            Thread closing = last.close();
            BoundedClose.within(CLOSE_WITHIN, "producer", closing::join);
        }
        background.shutdown();
    }

    private static final class Incarnation {

        private final ExecutorService background;
        private final CompletableFuture<Producer> producer;
        private volatile boolean warm;
        private volatile long lastAnswerNanos = System.nanoTime();

        Incarnation(Clients clients, ExecutorService background) {
            this.background = background;
            this.producer = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return clients.producer();
                        } catch (ClientException e) {
                            throw new CompletionException(e);
                        }
                    },
                    background);
        }

        /** Until somebody has answered, on the background thread: the first send loads classes and may look up a name. */
        CompletableFuture<SendReceipt> send(Message message) {
            return warm
                    ? producer.thenCompose(client -> client.sendAsync(message))
                    : producer.thenComposeAsync(client -> client.sendAsync(message), background);
        }

        void answered() {
            warm = true;
            lastAnswerNanos = System.nanoTime();
        }

        boolean isStale() {
            return producer.isCompletedExceptionally() || System.nanoTime() - lastAnswerNanos > RENEW_AFTER_NANOS;
        }

        Thread close() {
            return BoundedClose.begin("producer", () -> producer.thenAccept(SharedProducer::closeQuietly)
                    .join());
        }
    }

    private static void closeQuietly(Producer client) {
        try {
            client.close();
        } catch (Exception e) {
            log.debug("The producer failed to close", e);
        }
    }
}
