package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A broker that stores a message some milliseconds after it was sent, each one another, so that only who waits keeps an order. */
final class SlowBroker implements MessageSender, AutoCloseable {

    private static final SendOutcome REFUSED = new SendOutcome.Refused(SendOutcome.Reason.TOO_LARGE, "by the test");

    private final ScheduledExecutorService network = Executors.newScheduledThreadPool(2);
    private final List<OutgoingMessage> stored = new ArrayList<>();
    private final List<OutgoingMessage> open = new ArrayList<>();

    volatile int slowestMillis = 15;
    volatile Predicate<OutgoingMessage> refuses = message -> false;
    /** Of these the answer does not come until the message does not match any more. */
    volatile Predicate<OutgoingMessage> keepsWaiting = message -> false;

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        synchronized (this) {
            open.add(message);
        }
        CompletableFuture<SendOutcome> answer = new CompletableFuture<>();
        later(message, answer);
        return answer;
    }

    private void later(OutgoingMessage message, CompletableFuture<SendOutcome> answer) {
        int millis = ThreadLocalRandom.current().nextInt(slowestMillis + 1);
        network.schedule(() -> arrive(message, answer), millis, TimeUnit.MILLISECONDS);
    }

    private void arrive(OutgoingMessage message, CompletableFuture<SendOutcome> answer) {
        if (keepsWaiting.test(message)) {
            later(message, answer);
            return;
        }
        boolean refused = refuses.test(message);
        synchronized (this) {
            open.remove(message);
            if (!refused) {
                stored.add(message);
            }
        }
        answer.complete(refused ? REFUSED : ScriptedSender.STORED);
    }

    synchronized boolean isOpen(UUID id) {
        return open.stream().anyMatch(message -> message.id().equals(id));
    }

    /** In the order in which they arrived, each as often as it did. */
    synchronized List<UUID> stored() {
        return stored.stream().map(OutgoingMessage::id).toList();
    }

    synchronized List<UUID> storedOf(String orderingKey) {
        return stored.stream()
                .filter(message -> orderingKey.equals(message.orderingKey()))
                .map(OutgoingMessage::id)
                .toList();
    }

    @Override
    public void close() {
        network.shutdownNow();
    }
}
