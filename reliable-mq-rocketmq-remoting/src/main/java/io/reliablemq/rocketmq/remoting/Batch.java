package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.SendOutcome;
import java.util.List;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jspecify.annotations.Nullable;

/**
 * Messages that go to the broker in one request, which stores all of them or none. Of one ordering key there is one at most: the relay
 * sends the next when this one is stored.
 */
final class Batch {

    final @Nullable MessageQueue queue;
    private final List<Entry> entries;
    long sentAt;

    /** A message, and what the client makes of it. */
    record Entry(PendingSend pending, Message wire) {}

    Batch(@Nullable MessageQueue queue, List<Entry> entries) {
        this.queue = queue;
        this.entries = List.copyOf(entries);
    }

    /** When the first of them was handed over. */
    long since() {
        return entries.get(0).pending().since;
    }

    int size() {
        return entries.size();
    }

    List<Message> messages() {
        return entries.stream().map(Entry::wire).toList();
    }

    /** Somebody in it may be to blame for a refusal: the halves find out who. */
    List<Batch> halves() {
        int half = entries.size() / 2;
        return List.of(new Batch(queue, entries.subList(0, half)), new Batch(queue, entries.subList(half, size())));
    }

    void complete(SendOutcome outcome) {
        entries.forEach(entry -> entry.pending().outcome.complete(outcome));
    }
}
