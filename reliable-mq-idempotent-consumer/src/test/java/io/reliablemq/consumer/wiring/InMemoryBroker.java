package io.reliablemq.consumer.wiring;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The port without a broker: hides received messages, delivers them again, keeps the order of a key, loses acknowledgements when told to. */
final class InMemoryBroker implements MessageReceiverFactory {

    private static final class Slot {
        final String storedId = UUID.randomUUID().toString();
        ReceivedMessage message;
        long visibleAt;
        int deliveries;
    }

    final Map<String, Integer> deliveries = new ConcurrentHashMap<>();
    final List<Duration> postponements = java.util.Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger acknowledged = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    final Queue<Subscription> subscriptions = new ConcurrentLinkedQueue<>();
    volatile int loseAcknowledgements;
    volatile boolean losesRenewals;
    volatile boolean away;
    /** Why topic or group do not fit, null when they do. */
    volatile String misfit;

    /** Holds the answers to acknowledgements back until it is completed. */
    volatile CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);

    volatile boolean closed;
    private final List<Slot> slots = new ArrayList<>();

    synchronized void publish(ReceivedMessage message) {
        Slot slot = new Slot();
        slot.message = message;
        slots.add(slot);
    }

    /** As if nothing had happened. */
    synchronized void clear() {
        slots.clear();
        deliveries.clear();
        postponements.clear();
        subscriptions.clear();
    }

    synchronized int remaining() {
        return slots.size();
    }

    @Override
    public void verify(Subscription subscription) {
        refuseWhenAway();
        if (misfit != null) {
            throw new ListenerConfigurationException(misfit);
        }
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        verify(subscription);
        opened.incrementAndGet();
        subscriptions.add(subscription);
        return new Receiver();
    }

    private void refuseWhenAway() {
        if (away) {
            throw new ReceiverUnavailableException("in-memory broker is away", null);
        }
    }

    private synchronized List<ReceivedMessage> take(int max, Duration invisible) {
        List<ReceivedMessage> taken = new ArrayList<>();
        long now = System.nanoTime();
        Set<String> held = new HashSet<>();
        for (Slot slot : slots) {
            String key = slot.message.orderingKey();
            if (taken.size() == max || slot.visibleAt > now || held.contains(key)) {
                if (key != null) {
                    held.add(key);
                }
            } else {
                slot.visibleAt = now + invisible.toNanos();
                slot.deliveries++;
                deliveries.merge(String.valueOf(slot.message.id()), 1, Integer::sum);
                taken.add(delivery(slot));
            }
        }
        return taken;
    }

    private static ReceivedMessage delivery(Slot slot) {
        ReceivedMessage m = slot.message;
        return new ReceivedMessage(
                m.id(),
                m.topic(),
                m.tag(),
                m.keys(),
                m.orderingKey(),
                m.contentType(),
                m.payload(),
                m.headers(),
                m.createdAtMs(),
                m.deliverAtMs(),
                slot.deliveries,
                slot,
                slot.storedId);
    }

    private final class Receiver implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            refuseWhenAway();
            List<ReceivedMessage> taken = take(max, invisible);
            if (taken.isEmpty()) {
                Thread.sleep(20);
            }
            return taken;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            synchronized (InMemoryBroker.this) {
                Slot slot = (Slot) message.handle();
                if (loseAcknowledgements > 0) {
                    loseAcknowledgements--;
                    slot.visibleAt = 0;
                    return CompletableFuture.failedFuture(new IllegalStateException("acknowledgement lost"));
                }
                acknowledged.incrementAndGet();
                slots.remove(slot);
                return answer;
            }
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            synchronized (InMemoryBroker.this) {
                if (losesRenewals) {
                    return CompletableFuture.failedFuture(new IllegalStateException("renewal lost"));
                }
                postponements.add(invisible);
                ((Slot) message.handle()).visibleAt = System.nanoTime() + invisible.toNanos();
                return CompletableFuture.completedFuture(message);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
