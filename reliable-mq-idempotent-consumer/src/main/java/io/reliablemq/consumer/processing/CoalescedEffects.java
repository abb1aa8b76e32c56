package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.LogEvent;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.StopSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Several messages in one transaction: their dedup records in one statement, then their effects in the order in which they were
 * received, then one commit. All or nothing: there is no savepoint per message, whatever is unusual rolls everything back and is left
 * to a transaction of its own.
 */
final class CoalescedEffects {

    private static final Logger log = LoggerFactory.getLogger(CoalescedEffects.class);

    private final InboxStore inbox;
    private final Transactions transactions;
    private final Identification identification;
    private final ListenerObserver observer;

    CoalescedEffects(
            InboxStore inbox, Transactions transactions, Identification identification, ListenerObserver observer) {
        this.inbox = inbox;
        this.transactions = transactions;
        this.identification = identification;
        this.observer = observer;
    }

    CoalescedOutcome run(ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop) {
        long start = System.nanoTime();
        Departure departure = new Departure();
        try {
            List<Identity.Accepted> accepted = new ArrayList<>();
            for (ReceivedMessage message : messages) {
                accepted.add(accepted(endpoint, message));
            }
            transactions.execute(() -> apply(endpoint, accepted, messages, departure, stop));
        } catch (HandlerFailure | InboxContentionException | InboxUnavailableException e) {
            return departure.noticed ? new CoalescedOutcome.Unfit() : new CoalescedOutcome.RolledBack(e);
        }
        Duration each = Duration.ofNanos((System.nanoTime() - start) / messages.size());
        for (ReceivedMessage message : messages) {
            observer.processed(endpoint, each);
            LoggedSteps.of(LogEvent.MESSAGE_APPLIED, log, endpoint, message)
                    .log("{} of {} is applied, together with others", message, endpoint);
        }
        return new CoalescedOutcome.Committed();
    }

    private Identity.Accepted accepted(ListenerEndpoint endpoint, ReceivedMessage message) {
        if (identification.identify(endpoint, message) instanceof Identity.Accepted accepted) {
            return accepted;
        }
        throw notTogether(message + " cannot be accepted");
    }

    private int apply(
            ListenerEndpoint endpoint,
            List<Identity.Accepted> accepted,
            List<ReceivedMessage> messages,
            Departure departure,
            StopSignal stop) {
        inbox.requireBoundTransaction();
        List<InboxEntry> entries =
                accepted.stream().map(Identity.Accepted::entry).toList();
        CommitSentinel sentinel = inbox.admitAll(entries);
        if (sentinel == null) {
            throw notTogether("One of " + entries + " is known");
        }
        accepted.forEach(Identity.Accepted::requireYoung);
        for (int i = 0; i < entries.size(); i++) {
            if (messages.get(i).deliveryAttempt() > 1) {
                inbox.forgetFailures(entries.get(i));
            }
        }
        departure.watch();
        handle(
                endpoint.handler()
                        .together(accepted.stream()
                                .map(Identity.Accepted::prepared)
                                .toList()),
                stop);
        Transactions.beforeCommit(() -> {
            departure.refuse();
            sentinel.release();
        });
        return entries.size();
    }

    private static void handle(List<PreparedMessage> messages, StopSignal stop) {
        boolean first = true;
        for (PreparedMessage message : messages) {
            if (!first) {
                PersistenceContexts.flushAndClear();
            }
            try {
                EffectTransaction.handle(message);
            } finally {
                stop.dropOtherInterrupts();
            }
            first = false;
        }
    }

    private static InboxContentionException notTogether(String reason) {
        return new InboxContentionException(reason + ": each message is handled by itself", null);
    }

    /**
     * Keeps a handler from beginning a transaction of its own, before that has done anything: what it commits would stay when the
     * others' failure rolls this one back, and be done again. What begins after the commit is none of that.
     */
    private static final class Departure implements TransactionSynchronization, Ordered {

        private boolean noticed;
        private boolean committed;

        void watch() {
            noticed = !TransactionSynchronizationManager.isSynchronizationActive();
            refuse();
            TransactionSynchronizationManager.registerSynchronization(this);
        }

        /** The handler may have swallowed that it was stopped. */
        void refuse() {
            if (noticed) {
                throw new HandlerFailure(new IllegalStateException(
                        "The handler begins a transaction of its own: it cannot be coalesced"));
            }
        }

        /** The first to be told of everything. */
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void suspend() {
            noticed |= !committed;
            refuse();
        }

        @Override
        public void afterCommit() {
            committed = true;
        }
    }
}
