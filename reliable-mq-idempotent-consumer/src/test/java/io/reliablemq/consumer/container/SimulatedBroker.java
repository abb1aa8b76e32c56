package io.reliablemq.consumer.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The log of a topic and how far a group has come in it. In a FIFO group nothing is handed out while something is invisible. */
final class SimulatedBroker {

    private static final int MOST_AT_ONCE = 6;

    private static final class Entry {
        private final String id;
        private final String key;
        private long visibleAt = Long.MIN_VALUE;
        private int deliveries;
        private int handle;
        private boolean done;

        Entry(String id, String key) {
            this.id = id;
            this.key = key;
        }
    }

    private record Handle(Entry entry, int number) {}

    private final Schedule schedule;
    private final SimulatedLedger ledger;
    private final boolean ordered;
    private final Break broken;
    private final List<Entry> entries = new ArrayList<>();

    SimulatedBroker(Schedule schedule, SimulatedLedger ledger, boolean ordered, Break broken) {
        this.schedule = schedule;
        this.ledger = ledger;
        this.ordered = ordered && broken != Break.NOT_FIFO;
        this.broken = broken;
    }

    /** What producers send again comes again, too, after its first time. */
    void append(String id, String key) {
        schedule.note(id, " of key ", key, " comes to the log");
        ledger.send(id, key);
        entries.add(new Entry(id, key));
    }

    List<ReceivedMessage> receive(int max, Duration invisible) {
        long now = schedule.now();
        List<Entry> open = entries.stream().filter(entry -> !entry.done).toList();
        if (ordered && open.stream().anyMatch(entry -> entry.visibleAt > now)) {
            return List.of();
        }
        return open.stream()
                .filter(entry -> entry.visibleAt <= now)
                .limit(Math.min(max, 1 + schedule.below(MOST_AT_ONCE)))
                .map(entry -> handOut(entry, invisible))
                .toList();
    }

    private ReceivedMessage handOut(Entry entry, Duration invisible) {
        entry.deliveries++;
        entry.visibleAt = schedule.now() + invisible.toNanos();
        entry.done = broken == Break.ACKNOWLEDGED_ON_RECEIPT;
        return message(entry);
    }

    private static ReceivedMessage message(Entry entry) {
        return new ReceivedMessage(
                entry.id,
                "orders",
                null,
                List.of(),
                entry.key,
                "text/plain",
                entry.id.getBytes(UTF_8),
                Map.of(),
                0,
                0,
                entry.deliveries,
                new Handle(entry, ++entry.handle));
    }

    /** @return whether the handle was good */
    boolean acknowledge(ReceivedMessage message) {
        Handle handle = (Handle) message.handle();
        if (handle.number() != handle.entry().handle) {
            return false;
        }
        ledger.acknowledge(message.id());
        handle.entry().done = true;
        return true;
    }

    /** @return null when the handle was not good any more */
    ReceivedMessage postpone(ReceivedMessage message, Duration invisible) {
        Handle handle = (Handle) message.handle();
        Entry entry = handle.entry();
        if (handle.number() != entry.handle || entry.done) {
            return null;
        }
        entry.visibleAt = schedule.now() + Math.max(invisible.toNanos(), 10_000_000L);
        return message(entry);
    }

    boolean isDone() {
        return entries.stream().allMatch(entry -> entry.done);
    }
}
