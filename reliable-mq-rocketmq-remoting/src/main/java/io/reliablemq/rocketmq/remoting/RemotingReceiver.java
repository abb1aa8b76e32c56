package io.reliablemq.rocketmq.remoting;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.BoundedClose;
import java.io.IOException;
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
import org.apache.rocketmq.client.consumer.PopResult;
import org.apache.rocketmq.client.consumer.PopStatus;
import org.apache.rocketmq.common.message.MessageExt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives through RocketMQ's pop protocol, from its brokers in turn. The limits are a proxy's, so that a listener behaves the same
 * on either client: 32 messages at once, an invisible time of 10 s to 12 h; what is asked beyond is moved to the limit.
 */
final class RemotingReceiver implements MessageReceiver {

    static final int MOST_MESSAGES = 32;
    static final Duration LEAST_INVISIBLE = Duration.ofSeconds(10);
    static final Duration MOST_INVISIBLE = Duration.ofHours(12);
    /** The broker's timer looks at postponed messages about once a second. */
    static final Duration LEAST_POSTPONE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(RemotingReceiver.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

    private final SubscribedTopic topic;
    private final Pops pops;
    private final WantedTags tags;
    private final Consumer<RemotingReceiver> onClose;
    private final AtomicLong requests = new AtomicLong();
    private final Map<Long, CompletableFuture<?>> receiving = new ConcurrentHashMap<>();
    private volatile boolean closed;

    RemotingReceiver(SubscribedTopic topic, Pops pops, Consumer<RemotingReceiver> onClose) {
        this.topic = topic;
        this.pops = pops;
        this.tags = WantedTags.of(pops.subscription());
        this.onClose = onClose;
    }

    @Override
    public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
        if (closed) {
            throw topic.unavailable(new InterruptedException("the receiver is closed"));
        }
        Duration time = within(invisible, LEAST_INVISIBLE);
        CompletableFuture<PopResult> future = tracked(ask(Math.min(max, MOST_MESSAGES), time));
        try {
            PopResult result = future.get(pops.receiveTimeout().toMillis(), TimeUnit.MILLISECONDS);
            requireRoom(result);
            topic.answered();
            return received(result, time);
        } catch (ExecutionException e) {
            throw topic.unavailable(e);
        } catch (TimeoutException e) {
            handBackWhenReceived(future, time);
            throw topic.unavailable(e);
        } catch (InterruptedException e) {
            handBackWhenReceived(future, time);
            throw e;
        }
    }

    private CompletableFuture<PopResult> ask(int max, Duration invisible) {
        Map.Entry<String, String> broker = topic.nextBroker();
        try {
            return pops.receive(broker.getKey(), broker.getValue(), max, invisible);
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** It answers at once then: to ask again at once would not let go of it. */
    private void requireRoom(PopResult result) {
        if (result.getPopStatus() == PopStatus.POLLING_FULL) {
            throw topic.unavailable(new IllegalStateException("too many consumers wait at the broker"));
        }
    }

    private List<ReceivedMessage> received(PopResult result, Duration invisible) {
        List<MessageExt> found = result.getMsgFoundList();
        List<ReceivedMessage> messages = new ArrayList<>(found == null ? 0 : found.size());
        for (MessageExt message : found == null ? List.<MessageExt>of() : found) {
            take(message, invisible, messages);
        }
        return messages;
    }

    private void take(MessageExt message, Duration invisible, List<ReceivedMessage> messages) {
        if (RemotingDelivery.isCorrupted(message)) {
            log.error(
                    "Message {} from topic {} does not match its check sum: it is left to the broker, which delivers it"
                            + " again",
                    message.getMsgId(),
                    message.getTopic());
            return;
        }
        try {
            ReceivedMessage received =
                    RemotingDelivery.received(pops.subscription().topic(), message, invisible);
            if (tags.contain(message.getTags())) {
                messages.add(received);
            } else {
                acknowledge(received);
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            log.error(
                    "Message {} from topic {} cannot be unpacked ({}): it is left to the broker, which delivers it again",
                    message.getMsgId(),
                    message.getTopic(),
                    RemotingFailures.text(e));
        }
    }

    /** Nobody waits for them any more: others shall not have to wait for their invisible time. */
    private void handBackWhenReceived(CompletableFuture<PopResult> future, Duration invisible) {
        CompletableFuture<Void> unused =
                tracked(future.thenCompose(result -> CompletableFuture.allOf(received(result, invisible).stream()
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
        RemotingDelivery delivery = delivery(message);
        return delivery.next(handle -> pops.acknowledge(address(delivery), handle));
    }

    @Override
    public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
        RemotingDelivery delivery = delivery(message);
        Duration time = within(invisible, LEAST_POSTPONE);
        return delivery.nextChange(time, handle -> pops.postpone(address(delivery), handle, time))
                .thenApply(done -> message);
    }

    private String address(RemotingDelivery delivery) {
        String address = topic.address(delivery.broker());
        if (address == null) {
            throw new IllegalStateException("broker " + delivery.broker() + " is away");
        }
        return address;
    }

    private static RemotingDelivery delivery(ReceivedMessage message) {
        RemotingDelivery delivery = RemotingDelivery.of(message.handle());
        if (delivery == null) {
            throw new IllegalArgumentException(message + " was not received through this client: its handle is a "
                    + message.handle().getClass().getName());
        }
        return delivery;
    }

    private static Duration within(Duration value, Duration least) {
        return value.compareTo(least) < 0 ? least : value.compareTo(MOST_INVISIBLE) > 0 ? MOST_INVISIBLE : value;
    }

    /** The rest of a long poll, and what it brings, is waited for and handed back in the background. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        onClose.accept(this);
        BoundedClose.within(CLOSE_WITHIN, "receiver", this::awaitReceiving);
    }

    private void awaitReceiving() {
        CompletableFuture.allOf(receiving.values().toArray(CompletableFuture[]::new))
                .handle((done, failure) -> true)
                .completeOnTimeout(false, pops.receiveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
