package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.spi.OutboxLedger;
import io.reliablemq.outbox.spi.OutboxLedger.Noted;
import io.reliablemq.outbox.spi.OutboxLedger.Outcome;
import io.reliablemq.reconciliation.Reconciliation;
import io.reliablemq.reconciliation.ReconciliationReport;
import io.reliablemq.reconciliation.ReconciliationReport.Verdict;
import io.reliablemq.reconciliation.ReconciliationReport.Whereabouts;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Compares from time to time, in one process at a time, and keeps what came of it in the database, so that all instances show the
 * same. On a thread of its own.
 */
class ReconciliationRounds implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger("io.reliablemq.reconciliation");
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final Reconciliation reconciliation;
    private final OutboxLedger ledger;
    private final Duration interval;
    private final ReconciledGroups groups;
    private volatile @Nullable ScheduledExecutorService executor;
    private volatile @Nullable Seen seen;
    private @Nullable String failure;
    private String said = "";

    /** What was noted, and when this process has read it, by its monotonic clock. */
    record Seen(Noted noted, long atNanos) {}

    ReconciliationRounds(
            Reconciliation reconciliation, OutboxLedger ledger, Duration interval, ReconciledGroups groups) {
        this.reconciliation = reconciliation;
        this.ledger = ledger;
        this.interval = interval;
        this.groups = groups;
    }

    /** Null until it is known, and while the database does not answer. */
    @Nullable
    Seen seen() {
        return seen;
    }

    @Override
    public synchronized void start() {
        groups.check();
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "reliable-mq-reconciliation");
            thread.setDaemon(true);
            return thread;
        });
        executor = one;
        schedule(one, Duration.ZERO);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a round reports its own failures
    private void schedule(ScheduledExecutorService one, Duration pause) {
        if (!one.isShutdown()) {
            one.schedule(() -> schedule(one, round()), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Answers when to look again. */
    private Duration round() {
        try {
            if (ledger.takeTurn(interval)) {
                ledger.note(compared());
                ledger.prolongTurn(interval);
            }
            seen = ledger.noted()
                    .map(noted -> new Seen(noted, System.nanoTime()))
                    .orElse(null);
        } catch (RuntimeException | Error e) {
            seen = null;
            tell(e);
        }
        Duration pause = interval.dividedBy(10);
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** Without an answer the figures stay what they were: else what is missing would seem to be there again. */
    private Outcome compared() {
        try {
            ReconciliationReport report = reconciliation.reconcile();
            say(report);
            failure = null;
            return new Outcome(
                    report.took().toMillis(),
                    report.missing(),
                    report.late(),
                    report.dead(),
                    !report.unknown().isEmpty());
        } catch (RuntimeException e) {
            tell(e);
            Outcome before = ledger.noted().map(Noted::outcome).orElse(new Outcome(0, 0, 0, 0, true));
            return new Outcome(before.tookMs(), before.missing(), before.late(), before.dead(), true);
        }
    }

    private void tell(Throwable e) {
        String what = e.toString();
        if (isRunning() && !what.equals(failure)) {
            LogEvent.RECONCILIATION_FAILED
                    .on(log)
                    .addKeyValue("reliablemq.detail", what)
                    .log("What was sent could not be compared with what has arrived; tried again: {}", what);
        }
        failure = what;
    }

    /** What is missing each time, all else when it changes. */
    private void say(ReconciliationReport report) {
        report.groups().stream().filter(group -> group.missing() > 0).forEach(group -> LogEvent.RECONCILIATION_GAP
                .on(log)
                .addKeyValue("reliablemq.topic", group.topic())
                .addKeyValue("reliablemq.group", group.group())
                .addKeyValue("reliablemq.messages", group.missing())
                .addKeyValue("reliablemq.at_broker", group.missing(Whereabouts.STORED))
                .addKeyValue("reliablemq.gone", group.missing(Whereabouts.GONE))
                .addKeyValue(
                        "reliablemq.message_ids",
                        group.ids(ReconciliationReport.Kind.MISSING).stream()
                                .limit(100)
                                .toList())
                .log(
                        "{} messages to {} are missing in group {}: sent from {} to {}, and never seen. The first: {}",
                        group.missing(),
                        group.topic(),
                        group.group(),
                        report.from(),
                        report.to(),
                        group.ids(ReconciliationReport.Kind.MISSING).stream()
                                .limit(10)
                                .toList()));
        String word = report.verdict() + " " + report.groups().size();
        if (!word.equals(said)) {
            LogEvent.RECONCILIATION_VERDICT
                    .on(log)
                    .addKeyValue("reliablemq.verdict", report.verdict().name().toLowerCase(Locale.ROOT))
                    .log("Sent and arrived compared: {}", report.verdict());
            if (report.verdict() == Verdict.UNKNOWN) {
                report.unknown().forEach(reason -> log.warn("UNKNOWN: {}", reason));
            }
        }
        said = word;
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService one = executor;
        executor = null;
        if (one != null) {
            one.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    /** When the listeners are there. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
