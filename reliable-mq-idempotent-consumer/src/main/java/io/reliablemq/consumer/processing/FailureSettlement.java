package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.LogEvent;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.StopSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what a rolled-back message comes to: again without counting, again and counted, or a dead letter. */
final class FailureSettlement {

    private static final Logger log = LoggerFactory.getLogger(FailureSettlement.class);
    private static final int LAST_GROWTH = 6;

    private final InboxStore inbox;
    private final Transactions transactions;
    private final Undertaker undertaker;
    private final ListenerObserver observer;
    private final ConsumerSettings settings;

    FailureSettlement(
            InboxStore inbox,
            Transactions transactions,
            Undertaker undertaker,
            ListenerObserver observer,
            ConsumerSettings settings) {
        this.inbox = inbox;
        this.transactions = transactions;
        this.undertaker = undertaker;
        this.observer = observer;
        this.settings = settings;
    }

    ProcessingOutcome settle(
            ListenerEndpoint endpoint, ReceivedMessage message, InboxEntry entry, Throwable thrown, StopSignal stop) {
        stop.dropOtherInterrupts();
        if (stop.isGiven() && (Thread.currentThread().isInterrupted() || FailureKind.isInterruption(thrown))) {
            return new ProcessingOutcome.Postponed(Duration.ZERO, thrown);
        }
        FailureKind kind = FailureKind.of(thrown, fatal(endpoint));
        if (kind == FailureKind.CONNECTION) {
            inbox.now(); // throws when it is our database that is away
        }
        boolean passing = kind == FailureKind.CONNECTION || kind == FailureKind.TRANSIENT;
        if (passing && message.deliveryAttempt() <= settings.maxUncountedDeliveries()) {
            return again(endpoint, message, thrown);
        }
        int failures = transactions.execute(() -> inbox.countFailure(entry));
        observer.failed(endpoint, thrown);
        boolean exhausted = failures >= endpoint.policy().retry().maxAttempts();
        if (kind == FailureKind.FATAL || exhausted) {
            DeadLetterReason reason = kind == FailureKind.FATAL ? DeadLetterReason.FATAL : DeadLetterReason.EXHAUSTED;
            return undertaker.bury(endpoint, new Burial(message, entry, reason, thrown, failures));
        }
        return later(endpoint, message, failures, thrown);
    }

    /** Somebody else's transaction is in the way; nothing is counted. */
    ProcessingOutcome again(ListenerEndpoint endpoint, ReceivedMessage message, Throwable thrown) {
        Duration delay = endpoint.policy().retry().delayAfter(Math.min(message.deliveryAttempt(), LAST_GROWTH));
        log.debug(
                "{} of {} comes again in {}; the failure is not counted: {}",
                message,
                endpoint,
                delay,
                LoggedFailure.of(thrown));
        observer.retried(endpoint, delay);
        return new ProcessingOutcome.Postponed(delay, thrown);
    }

    /** It stays with the broker; nothing is counted. */
    ProcessingOutcome reject(ListenerEndpoint endpoint, ReceivedMessage message, Throwable problem) {
        Duration delay = endpoint.policy().retry().maxDelay();
        LoggedSteps.of(LogEvent.MESSAGE_HANDED_BACK, log, endpoint, message)
                .addKeyValue("reliablemq.retry_in_ms", delay.toMillis())
                .log(
                        "{} of {} is handed back and comes again in {}: {}",
                        message,
                        endpoint,
                        delay,
                        problem.getMessage());
        observer.retried(endpoint, delay);
        return new ProcessingOutcome.Postponed(delay, problem);
    }

    private ProcessingOutcome later(
            ListenerEndpoint endpoint, ReceivedMessage message, int failures, Throwable thrown) {
        Duration delay = endpoint.policy().retry().delayAfter(failures);
        int max = endpoint.policy().retry().maxAttempts();
        LogEvent event = thrown instanceof Error ? LogEvent.HANDLER_BROKEN : LogEvent.MESSAGE_FAILED;
        LoggedSteps.of(event, log, endpoint, message)
                .addKeyValue("reliablemq.failures", failures)
                .addKeyValue("reliablemq.max_attempts", max)
                .addKeyValue("reliablemq.retry_in_ms", delay.toMillis())
                .addKeyValue("reliablemq.detail", LoggedFailure.of(thrown))
                .setCause(LoggedFailure.mayBeShown(thrown) ? thrown : null)
                .log(
                        "{} of {} failed ({} of {}) and comes again in {}: {}",
                        message,
                        endpoint,
                        failures,
                        max,
                        delay,
                        LoggedFailure.of(thrown));
        observer.retried(endpoint, delay);
        return new ProcessingOutcome.Postponed(delay, thrown);
    }

    private List<Class<? extends Throwable>> fatal(ListenerEndpoint endpoint) {
        List<Class<? extends Throwable>> all = new ArrayList<>(settings.fatal());
        all.addAll(endpoint.policy().fatal());
        return all;
    }
}
