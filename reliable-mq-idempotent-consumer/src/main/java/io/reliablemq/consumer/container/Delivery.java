package io.reliablemq.consumer.container;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One received message until it is acknowledged or handed back. Calls to the broker follow one another, since each renewal may
 * change the handle that the next one needs.
 */
final class Delivery {

    private static final Logger log = LoggerFactory.getLogger(Delivery.class);
    /** Of the broker, for an answer: one that never comes must not hold a place among the bounded ones for ever. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MessageReceiver receiver;
    private final ReceivedMessage message;
    private final Duration invisible;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private CompletableFuture<ReceivedMessage> handle;
    private long renewAtNanos;
    private boolean settled;

    Delivery(MessageReceiver receiver, ReceivedMessage message, Duration invisible, Duration patience) {
        this(receiver, message, invisible, patience, System::nanoTime);
    }

    Delivery(
            MessageReceiver receiver,
            ReceivedMessage message,
            Duration invisible,
            Duration patience,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.receiver = receiver;
        this.message = message;
        this.invisible = invisible;
        this.patience = patience;
        this.handle = CompletableFuture.completedFuture(message);
        this.renewAtNanos = nanoTime.getAsLong() + invisible.toNanos() / 2;
    }

    ReceivedMessage message() {
        return message;
    }

    /** Renews the invisible time when half of it is over. A failure means a redelivery, which the dedup record absorbs. */
    synchronized void renewIfDue() {
        if (settled || nanoTime.getAsLong() - renewAtNanos < 0) {
            return;
        }
        renewAtNanos = nanoTime.getAsLong() + invisible.toNanos() / 2;
        handle = handle.thenCompose(
                current -> bounded(() -> receiver.postpone(current, invisible)).exceptionally(failure -> {
                    log.debug("{} could not be renewed; it may be delivered again meanwhile", current, failure);
                    return current;
                }));
    }

    synchronized CompletionStage<Void> acknowledge() {
        return settle(current -> bounded(() -> receiver.acknowledge(current)));
    }

    synchronized CompletionStage<Void> postpone(Duration delay) {
        return settle(
                current -> bounded(() -> receiver.postpone(current, delay)).thenAccept(again -> {}));
    }

    private CompletableFuture<Void> settle(Function<ReceivedMessage, CompletableFuture<Void>> call) {
        settled = true;
        return handle.thenCompose(call);
    }

    private <T> CompletableFuture<T> bounded(BrokerCall<T> call) {
        try {
            return call.begin().toCompletableFuture().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private interface BrokerCall<T> {
        CompletionStage<T> begin();
    }
}
