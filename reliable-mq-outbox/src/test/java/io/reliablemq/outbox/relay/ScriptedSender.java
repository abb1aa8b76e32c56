package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** A broker that answers as scripted, at once or when told to, and remembers what it stored first. */
class ScriptedSender implements MessageSender {

    static final SendOutcome STORED = new SendOutcome.Stored();
    static final SendOutcome UNKNOWN = new SendOutcome.Unknown("nobody answers");

    private final Map<UUID, OutgoingMessage> stored = new LinkedHashMap<>();
    private final Map<UUID, CompletableFuture<SendOutcome>> open = new LinkedHashMap<>();
    private final Map<UUID, OutgoingMessage> openMessages = new HashMap<>();
    private final Set<UUID> twiceAtOnce = new HashSet<>();

    /** Null leaves the send open. */
    volatile Function<OutgoingMessage, SendOutcome> script = message -> STORED;

    /** The answer to such a send never comes, unless the test completes it. */
    volatile Predicate<OutgoingMessage> lost = message -> false;

    /** By message id, each attempt. */
    final Queue<Lost> lostSends = new ConcurrentLinkedQueue<>();

    volatile Duration answersWithin = Duration.ofMinutes(1);

    final AtomicInteger sends = new AtomicInteger();

    record Lost(UUID id, CompletableFuture<SendOutcome> answer) {}

    @Override
    public Duration answersWithin() {
        return answersWithin;
    }

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        sends.incrementAndGet();
        if (lost.test(message)) {
            CompletableFuture<SendOutcome> never = new CompletableFuture<>();
            lostSends.add(new Lost(message.id(), never));
            return never;
        }
        SendOutcome outcome = script.apply(message);
        synchronized (this) {
            if (outcome != null) {
                remember(message, outcome);
                return CompletableFuture.completedFuture(outcome);
            }
            CompletableFuture<SendOutcome> answer = new CompletableFuture<>();
            if (open.put(message.id(), answer) != null) {
                twiceAtOnce.add(message.id());
            }
            openMessages.put(message.id(), message);
            return answer;
        }
    }

    private void remember(OutgoingMessage message, SendOutcome outcome) {
        if (outcome instanceof SendOutcome.Stored) {
            stored.putIfAbsent(message.id(), message);
        }
    }

    /** Answers an open send. */
    void answer(UUID id, SendOutcome outcome, boolean reallyStored) {
        CompletableFuture<SendOutcome> answer;
        synchronized (this) {
            answer = open.remove(id);
            OutgoingMessage message = openMessages.remove(id);
            remember(message, reallyStored ? STORED : outcome);
        }
        answer.complete(outcome);
    }

    /** Answers one of the open sends; what is unknown may have been stored all the same. */
    void answerAny(Random random) {
        List<UUID> ids = open();
        if (!ids.isEmpty()) {
            int dice = random.nextInt(10);
            answer(ids.get(random.nextInt(ids.size())), dice < 8 ? STORED : UNKNOWN, dice < 9);
        }
    }

    synchronized List<UUID> open() {
        return new ArrayList<>(open.keySet());
    }

    /** Messages that were in flight twice at the same time. */
    synchronized Set<UUID> twiceAtOnce() {
        return Set.copyOf(twiceAtOnce);
    }

    /** Ids in the order in which they were first stored. */
    synchronized List<UUID> stored() {
        return List.copyOf(stored.keySet());
    }

    synchronized int storedOf(String topic) {
        return (int)
                stored.values().stream().filter(m -> m.topic().equals(topic)).count();
    }

    /** The same, of one ordering key. */
    synchronized List<UUID> storedOf(String topic, String orderingKey) {
        return stored.values().stream()
                .filter(m -> m.topic().equals(topic) && orderingKey.equals(m.orderingKey()))
                .map(OutgoingMessage::id)
                .toList();
    }
}
