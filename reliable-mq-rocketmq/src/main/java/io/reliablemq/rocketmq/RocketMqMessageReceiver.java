package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.BoundedClose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives through RocketMQ's pop protocol. The proxy accepts an invisible time of 10 s to 12 h when receiving, and 32 messages
 * at once; what is asked beyond is moved to the limit.
 */
final class RocketMqMessageReceiver implements MessageReceiver {

    static final int MOST_MESSAGES = 32;
    static final Duration LEAST_INVISIBLE = Duration.ofSeconds(10);
    static final Duration MOST_INVISIBLE = Duration.ofHours(12);
    /** The broker's timer looks at postponed messages about once a second. */
    static final Duration LEAST_POSTPONE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(RocketMqMessageReceiver.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

    private final SubscribedConsumer subscribed;
    private final Consumer<RocketMqMessageReceiver> onClose;
    private final AtomicLong requests = new AtomicLong();
    private final Map<Long, CompletableFuture<?>> receiving = new ConcurrentHashMap<>();
    private volatile boolean closed;

    RocketMqMessageReceiver(SubscribedConsumer subscribed, Consumer<RocketMqMessageReceiver> onClose) {
        this.subscribed = subscribed;
        this.onClose = onClose;
    }

    @Override
    public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
        if (closed) {
            throw subscribed.unavailable(new InterruptedException("the receiver is closed"));
        }
        SimpleConsumer consumer = subscribed.open();
        CompletableFuture<List<MessageView>> future = tracked(consumer.receiveAsync(
                Math.min(max, MOST_MESSAGES), within(invisible, LEAST_INVISIBLE, MOST_INVISIBLE)));
        try {
            List<MessageView> views = future.get(subscribed.receiveTimeout().toMillis(), TimeUnit.MILLISECONDS);
            subscribed.answered();
            return received(views);
        } catch (ExecutionException e) {
            throw subscribed.unavailable(e);
        } catch (TimeoutException e) {
            handBackWhenReceived(future);
            throw subscribed.unavailable(e);
        } catch (InterruptedException e) {
            handBackWhenReceived(future);
            throw e;
        }
    }

    private static List<ReceivedMessage> received(List<MessageView> views) {
        List<ReceivedMessage> messages = new ArrayList<>(views.size());
        for (MessageView view : views) {
            if (Delivery.isCorrupted(view)) {
                log.error(
                        "Message {} from topic {} does not match its check sum: it is left to the broker, which delivers"
                                + " it again and moves it to the group's dead letters in the end",
                        view.getMessageId(),
                        view.getTopic());
            } else {
                messages.add(Delivery.received(view));
            }
        }
        return messages;
    }

    /** Nobody waits for them any more: others shall not have to wait for their invisible time. */
    private void handBackWhenReceived(CompletableFuture<List<MessageView>> future) {
        CompletableFuture<Void> unused =
                tracked(future.thenCompose(views -> CompletableFuture.allOf(received(views).stream()
                        .map(message -> postpone(message, LEAST_POSTPONE).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))));
    }

    private <T> CompletableFuture<T> tracked(CompletableFuture<T> future) {
        Long number = requests.incrementAndGet();
        receiving.put(number, future);
        return future.whenComplete((value, failure) -> receiving.remove(number));
    }

    @Override
    public CompletionStage<Void> acknowledge(ReceivedMessage message) {
        SimpleConsumer consumer = subscribed.current();
        if (consumer == null) {
            return CompletableFuture.failedStage(new IllegalStateException("The receiver was never open"));
        }
        return delivery(message).next(consumer::ackAsync);
    }

    @Override
    public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
        SimpleConsumer consumer = subscribed.current();
        if (consumer == null) {
            return CompletableFuture.failedStage(new IllegalStateException("The receiver was never open"));
        }
        Duration time = within(invisible, LEAST_POSTPONE, MOST_INVISIBLE);
        return delivery(message)
                .nextChange(view -> consumer.changeInvisibleDurationAsync(view, time))
                .thenApply(done -> message);
    }

    private static Delivery delivery(ReceivedMessage message) {
        if (message.handle() instanceof Delivery delivery) {
            return delivery;
        }
        throw new IllegalArgumentException(message + " was not received from RocketMQ: its handle is a "
                + message.handle().getClass().getName());
    }

    private static Duration within(Duration value, Duration least, Duration most) {
        return value.compareTo(least) < 0 ? least : value.compareTo(most) > 0 ? most : value;
    }

    /** The rest of a long poll, and what it brings, is waited for and handed back in the background. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        onClose.accept(this);
        BoundedClose.within(CLOSE_WITHIN, "receiver", () -> {
            awaitReceiving();
            SimpleConsumer consumer = subscribed.current();
            if (consumer != null) {
                consumer.close();
            }
        });
    }

    private void awaitReceiving() {
        CompletableFuture.allOf(receiving.values().toArray(CompletableFuture[]::new))
                .handle((done, failure) -> true)
                .completeOnTimeout(false, subscribed.receiveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
