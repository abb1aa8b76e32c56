package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.SimulatedDelays.Delayed;
import io.reliablemq.outbox.spi.OutboxRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that send messages, at once or later, or take a delayed one back. Those of one ordering key come one after the other; apart
 * from that they end as they like.
 */
final class SimulatedBusiness {

    private static final List<String> KEYS = Arrays.asList("a", "b", "c", null);
    private static final int MOST_MESSAGES = 40;

    private static final long LONGEST_DELAY = Duration.ofSeconds(3).toNanos();

    /** @param back the delayed message that it takes back */
    private record Transaction(
            @Nullable String key,
            List<OutboxRow> rows,
            @Nullable Delayed later,
            @Nullable UUID back,
            SimulatedNode node,
            long since) {

        List<UUID> ids() {
            return rows.stream().map(row -> row.ref().messageId()).toList();
        }
    }

    private final Schedule schedule;
    private final SimulatedOutbox outbox;
    private final SimulatedLedger ledger;
    private final Break broken;
    private final List<Transaction> open = new ArrayList<>();
    private int messages;

    SimulatedBusiness(Schedule schedule, SimulatedOutbox outbox, SimulatedLedger ledger, Break broken) {
        this.schedule = schedule;
        this.outbox = outbox;
        this.ledger = ledger;
        this.broken = broken;
    }

    /** One begins, on that process, or one ends. */
    void step(SimulatedNode node) {
        if (!open.isEmpty() && schedule.oneIn(2)) {
            end(open.get(schedule.below(open.size())));
        } else if (schedule.oneIn(10)) {
            beginToTakeBack(node);
        } else if (messages < MOST_MESSAGES) {
            if (!open.isEmpty() && schedule.oneIn(4)) {
                writeMore(schedule.any(open));
            } else if (schedule.oneIn(6)) {
                beginToDelay(node);
            } else {
                begin(schedule.any(KEYS), node);
            }
        }
    }

    /** Nothing is announced: no relay holds it before it is moved. */
    private void beginToDelay(SimulatedNode node) {
        messages++;
        OutboxRow row = outbox.draw("topic-d", null, node.laneOf(null));
        Delayed later = outbox.delays.draw(row, schedule.below(LONGEST_DELAY));
        schedule.note(node.name, " delays ", SimulatedLedger.name(later.id()));
        open.add(new Transaction(null, List.of(), later, null, node, schedule.now()));
    }

    /** Where another one is at it, it waits, and finds nothing then. */
    private void beginToTakeBack(SimulatedNode node) {
        List<UUID> free = outbox.delays.free();
        if (!free.isEmpty()) {
            UUID back = schedule.any(free);
            outbox.delays.lock(back);
            schedule.note(node.name, " takes back ", SimulatedLedger.name(back));
            open.add(new Transaction(null, List.of(), null, back, node, schedule.now()));
        }
    }

    private void begin(@Nullable String key, SimulatedNode node) {
        if (key != null && open.stream().anyMatch(other -> key.equals(other.key()))) {
            return;
        }
        List<OutboxRow> rows = new ArrayList<>();
        for (int i = schedule.below(2); i >= 0; i--) {
            rows.add(outbox.draw(topic(key), key, node.laneOf(key)));
            messages++;
        }
        Transaction transaction = new Transaction(key, rows, null, null, node, schedule.now());
        schedule.note(node.name, " writes ", names(transaction), " of key ", key);
        open.add(transaction);
        node.run.announce(transaction.ids());
        if (broken == Break.HANDED_OVER_BEFORE_COMMIT && schedule.oneIn(4)) {
            node.run.committed(rows);
        }
    }

    /** Others have drawn ids meanwhile, which lie between those of this one. */
    private void writeMore(Transaction transaction) {
        if (!transaction.rows().isEmpty() && transaction.node().runs()) {
            messages++;
            String key = transaction.key();
            OutboxRow more = outbox.draw(topic(key), key, transaction.node().laneOf(key));
            transaction.rows().add(more);
            schedule.note("and ", SimulatedLedger.name(more.ref().messageId()), " of key ", key);
            transaction.node().run.announce(List.of(more.ref().messageId()));
        }
    }

    private static String topic(@Nullable String key) {
        return "topic-" + (key == null ? "u" : "o");
    }

    private static String names(Transaction transaction) {
        return transaction.ids().stream().map(SimulatedLedger::name).toList().toString();
    }

    private void end(Transaction transaction) {
        open.remove(transaction);
        if (transaction.back() != null) {
            outbox.delays.unlock(transaction.back());
        }
        switch (schedule.below(10)) {
            case 0, 1 -> {
                schedule.note("rolled back: ", names(transaction));
                transaction.node().run.released(transaction.ids());
            }
            case 2 -> {
                commit(transaction);
                schedule.note("and its writer does not know");
                transaction.node().run.released(transaction.ids());
            }
            default -> {
                commit(transaction);
                transaction.node().run.committed(transaction.rows());
            }
        }
    }

    private void commit(Transaction transaction) {
        schedule.note("committed: ", names(transaction));
        if (transaction.later() != null) {
            ledger.commit(transaction.later().row());
            outbox.delays.commit(transaction.later());
        }
        if (transaction.back() != null) {
            ledger.cancel(transaction.back());
            outbox.delays.delete(transaction.back());
        }
        transaction.rows().forEach(ledger::commit);
        outbox.commit(transaction.rows().toArray(OutboxRow[]::new));
    }

    /** As is promised to the relay: none that wrote before then stays open. */
    void endAllSince(long before) {
        List.copyOf(open).stream().filter(one -> one.since() - before <= 0).forEach(this::end);
    }
}
