package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Transactions that send messages. Those of one ordering key come one after the other; apart from that they end as they like. */
final class SimulatedBusiness {

    private static final List<String> KEYS = Arrays.asList("a", "b", "c", null);
    private static final int MOST_MESSAGES = 40;

    private record Transaction(@Nullable String key, List<OutboxRow> rows, SimulatedNode node, long since) {

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
        } else if (messages < MOST_MESSAGES) {
            begin(schedule.any(KEYS), node);
        }
    }

    private void begin(@Nullable String key, SimulatedNode node) {
        if (key != null && open.stream().anyMatch(other -> key.equals(other.key()))) {
            return;
        }
        List<OutboxRow> rows = new ArrayList<>();
        for (int i = schedule.below(2); i >= 0; i--) {
            rows.add(outbox.draw("topic-" + (key == null ? "u" : "o"), key, node.run.unorderedLane()));
            messages++;
        }
        Transaction transaction = new Transaction(key, rows, node, schedule.now());
        schedule.note(node.name, " writes ", names(transaction), " of key ", key);
        open.add(transaction);
        node.run.announce(transaction.ids());
        if (broken == Break.HANDED_OVER_BEFORE_COMMIT && schedule.oneIn(4)) {
            node.run.committed(rows);
        }
    }

    private static String names(Transaction transaction) {
        return transaction.ids().stream().map(SimulatedLedger::name).toList().toString();
    }

    private void end(Transaction transaction) {
        open.remove(transaction);
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
        transaction.rows().forEach(ledger::commit);
        outbox.commit(transaction.rows().toArray(OutboxRow[]::new));
    }

    /** As is promised to the relay: none that wrote before then stays open. */
    void endAllSince(long before) {
        List.copyOf(open).stream().filter(one -> one.since() - before <= 0).forEach(this::end);
    }
}
