package io.reliablemq.reconciliation;

import io.reliablemq.consumer.spi.InboxLedger;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.spi.OperatorStore;
import io.reliablemq.outbox.spi.OutboxLedger;
import io.reliablemq.outbox.spi.OutboxLedger.Departed;
import io.reliablemq.outbox.spi.OutboxLedger.Span;
import io.reliablemq.outbox.spi.OutboxView;
import io.reliablemq.outbox.spi.OutboxView.TopicBacklog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@link Reconciliation} over the archive of an outbox and the records of an inbox, which may be in different databases.
 *
 * <p><b>Thread</b>: safe for use by any thread; one comparison at a time.
 */
public final class LedgerReconciliation implements Reconciliation {

    private static final int PAGE = 500;
    private static final int ASKED = 100;

    private final Sources sources;
    private final Supplier<List<ExpectedGroup>> groups;
    private final Bounds bounds;
    private final Broker broker;
    private final Object turn = new Object();
    private volatile @Nullable ReconciliationReport latest;

    /**
     * What is read.
     *
     * @param eachPage called after each page, while the comparison goes on
     */
    public record Sources(
            OutboxLedger outbox, OutboxView waiting, OperatorStore parked, InboxLedger inbox, Runnable eachPage) {}

    /**
     * @param retention for which the archive keeps what was sent; zero for not at all
     * @param window how long the range is that is compared when nobody says which one
     * @param grace how long a message may be on its way
     * @param lateAfter from when on one that was applied is named late
     * @param named so many messages of each kind and group are named; all are counted
     */
    public record Bounds(Duration retention, Duration window, Duration grace, Duration lateAfter, int named) {}

    /** @param groups asked anew for each comparison */
    public LedgerReconciliation(Sources sources, Supplier<List<ExpectedGroup>> groups, Bounds bounds) {
        this(sources, groups, bounds, Broker.UNSEEN);
    }

    /** @param broker asked for what is missing, and no more than {@value #ASKED} messages of a group */
    public LedgerReconciliation(Sources sources, Supplier<List<ExpectedGroup>> groups, Bounds bounds, Broker broker) {
        this.broker = broker;
        this.sources = sources;
        this.groups = groups;
        this.bounds = bounds;
    }

    @Override
    public ReconciliationReport reconcile() {
        long to = sources.outbox().now() - bounds.grace().toMillis();
        return reconcile(Instant.ofEpochMilli(to).minus(bounds.window()), Instant.ofEpochMilli(to));
    }

    @Override
    public ReconciliationReport reconcile(Instant from, Instant to) {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "The window begins at " + from + " and ends at " + to + ": let it end after its beginning");
        }
        synchronized (turn) {
            ReconciliationReport report = compare(from, to);
            latest = report;
            return report;
        }
    }

    @Override
    public Optional<ReconciliationReport> latest() {
        return Optional.ofNullable(latest);
    }

    private ReconciliationReport compare(Instant from, Instant to) {
        long start = System.nanoTime();
        long now = sources.outbox().now();
        List<ExpectedGroup> all = groups.get();
        Unknowns unknowns = new Unknowns(bounds.retention(), all);
        List<Tally> tallies = unknowns.comparable().stream()
                .map(group -> new Tally(group, bounds, now))
                .toList();
        long reachable = unknowns.reachable(now);
        long begin = Math.max(from.toEpochMilli(), reachable);
        if (!tallies.isEmpty()) {
            sent(tallies, new Span(begin, Math.max(begin, to.toEpochMilli())));
            parked(tallies);
        }
        return new ReconciliationReport(
                from,
                to,
                Instant.ofEpochMilli(now),
                Duration.ofNanos(System.nanoTime() - start),
                unknowns.reasons(from),
                groups(tallies));
    }

    private static Set<String> topics(List<Tally> tallies) {
        return tallies.stream().map(Tally::topic).collect(Collectors.toSet());
    }

    private void sent(List<Tally> tallies, Span span) {
        Set<String> topics = topics(tallies);
        Departed last = null;
        List<Departed> page;
        do {
            page = sources.outbox().departed(span, topics, last, PAGE);
            for (Tally tally : tallies) {
                tally.compare(page, sources.inbox());
            }
            sources.eachPage().run();
            last = page.isEmpty() ? last : page.get(page.size() - 1);
        } while (page.size() == PAGE);
    }

    private void parked(List<Tally> tallies) {
        for (String topic : topics(tallies)) {
            ParkedMessage last = null;
            List<ParkedMessage> page;
            do {
                page = sources.parked().parked(Parked.topic(topic), last, PAGE);
                page.forEach(one -> tallies.stream()
                        .filter(tally -> tally.expects(one.topic(), one.tag()))
                        .forEach(tally -> tally.parked(one.id(), one.parkedAtMs())));
                last = page.isEmpty() ? last : page.get(page.size() - 1);
            } while (page.size() == PAGE);
        }
    }

    private List<ReconciliationReport.Group> groups(List<Tally> tallies) {
        Map<String, Long> waiting = new HashMap<>();
        if (!tallies.isEmpty()) {
            for (TopicBacklog topic : sources.waiting().backlog()) {
                waiting.put(topic.topic(), topic.waiting() + topic.delayed());
            }
        }
        List<ReconciliationReport.Group> reports = new ArrayList<>();
        tallies.forEach(tally -> tally.ask(broker, ASKED));
        tallies.forEach(tally -> reports.add(tally.group(waiting.getOrDefault(tally.topic(), 0L))));
        return reports;
    }
}
