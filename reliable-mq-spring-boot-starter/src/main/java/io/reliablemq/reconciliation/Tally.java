package io.reliablemq.reconciliation;

import io.reliablemq.consumer.spi.InboxLedger;
import io.reliablemq.consumer.spi.InboxLedger.Arrival;
import io.reliablemq.consumer.spi.InboxLedger.Fate;
import io.reliablemq.outbox.spi.OutboxLedger.Departed;
import io.reliablemq.reconciliation.ReconciliationReport.Kind;
import io.reliablemq.reconciliation.ReconciliationReport.Named;
import io.reliablemq.reconciliation.ReconciliationReport.Whereabouts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one group has come to so far. Grows with what is named, up to a bound. */
final class Tally {

    private final ExpectedGroup expected;
    private final LedgerReconciliation.Bounds bounds;
    private final long now;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final List<Named> named = new ArrayList<>();
    private long compared;
    private long applied;
    private long inFlight;

    /** @param now by the clock of the outbox's database */
    Tally(ExpectedGroup expected, LedgerReconciliation.Bounds bounds, long now) {
        this.expected = expected;
        this.bounds = bounds;
        this.now = now;
    }

    String topic() {
        return expected.topic();
    }

    boolean expects(String topic, @Nullable String tag) {
        return expected.expects(topic, tag);
    }

    /** One page. Whoever is absent is looked for twice: it may just have been between two attempts. */
    void compare(List<Departed> page, InboxLedger inbox) {
        List<Departed> its =
                page.stream().filter(one -> expects(one.topic(), one.tag())).toList();
        compared += its.size();
        List<Departed> absent = settle(its, inbox);
        settle(absent, inbox).forEach(this::absent);
    }

    private List<Departed> settle(List<Departed> messages, InboxLedger inbox) {
        Map<String, Arrival> arrivals = inbox.arrivals(
                expected.group(),
                messages.stream().map(one -> one.id().toString()).toList());
        List<Departed> absent = new ArrayList<>();
        for (Departed one : messages) {
            Arrival arrival = arrivals.get(one.id().toString());
            if (arrival == null) {
                absent.add(one);
            } else {
                arrived(one, arrival);
            }
        }
        return absent;
    }

    private void arrived(Departed one, Arrival arrival) {
        if (arrival.fate() == Fate.RETRYING) {
            inFlight++;
        } else if (arrival.fate() == Fate.DEAD) {
            name(Kind.DEAD, one.id(), due(one), arrival.atMs(), "a dead letter, or given up");
        } else {
            applied++;
            long lateMs = arrival.atMs() - due(one);
            if (lateMs > bounds.lateAfter().toMillis()) {
                name(Kind.LATE, one.id(), due(one), arrival.atMs(), "applied " + lateMs + " ms after it was due");
            }
        }
    }

    private void absent(Departed one) {
        if (one.skipped()) {
            name(Kind.DEAD, one.id(), due(one), null, "skipped by an operator");
        } else if (now - due(one) < bounds.grace().toMillis()) {
            inFlight++;
        } else {
            name(Kind.MISSING, one.id(), due(one), null, "sent, and never seen by the group");
        }
    }

    private static long due(Departed one) {
        return Math.max(one.archivedAtMs(), one.deliverAtMs());
    }

    void parked(UUID id, long parkedAtMs) {
        name(Kind.DEAD, id, parkedAtMs, null, "parked: the broker has refused it, or an earlier one of its key");
    }

    /** Whether those that are missing, the first ones of them, are at the broker. */
    void ask(Broker broker, int most) {
        List<UUID> missing = named.stream()
                .filter(one -> one.kind() == Kind.MISSING)
                .limit(most)
                .map(Named::messageId)
                .toList();
        if (!missing.isEmpty()) {
            Map<UUID, Boolean> known = broker.has(topic(), missing);
            named.replaceAll(one -> one.kind() == Kind.MISSING ? one.at(known.get(one.messageId())) : one);
        }
    }

    private void name(Kind kind, UUID id, long sentAtMs, @Nullable Long appliedAtMs, String detail) {
        if (counts.merge(kind, 1L, Long::sum) <= bounds.named()) {
            Instant at = appliedAtMs == null ? null : Instant.ofEpochMilli(appliedAtMs);
            named.add(new Named(kind, id, Instant.ofEpochMilli(sentAtMs), at, detail, Whereabouts.UNKNOWN));
        }
    }

    ReconciliationReport.Group group(long waiting) {
        return new ReconciliationReport.Group(
                expected.group(),
                expected.topic(),
                compared,
                applied,
                counts.getOrDefault(Kind.MISSING, 0L),
                counts.getOrDefault(Kind.LATE, 0L),
                counts.getOrDefault(Kind.DEAD, 0L),
                inFlight,
                waiting,
                named);
    }
}
