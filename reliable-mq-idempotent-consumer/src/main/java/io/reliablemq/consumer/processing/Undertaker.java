package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a dead letter and its dedup record in one transaction, before anything is acknowledged. */
final class Undertaker {

    private static final Logger log = LoggerFactory.getLogger(Undertaker.class);

    private final InboxStore inbox;
    private final DeadLetterStore letters;
    private final Transactions transactions;
    private final ListenerObserver observer;

    Undertaker(InboxStore inbox, DeadLetterStore letters, Transactions transactions, ListenerObserver observer) {
        this.inbox = inbox;
        this.letters = letters;
        this.transactions = transactions;
        this.observer = observer;
    }

    /** A known key needs no letter: its message was handled, or buried, before. */
    ProcessingOutcome bury(ListenerEndpoint endpoint, Burial burial) {
        Admission admission = transactions.execute(() -> inOneTransaction(burial));
        if (admission instanceof Admission.Recorded recorded) {
            return known(endpoint, burial, recorded);
        }
        log.warn(
                "{} became a dead letter of {} ({}, attempts {}): look at it, then replay or discard it",
                burial.message(),
                endpoint,
                burial.reason(),
                burial.attempts(),
                burial.problem());
        observer.deadLettered(endpoint, burial.reason());
        return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.DEAD_LETTERED);
    }

    private Admission inOneTransaction(Burial burial) {
        inbox.requireBoundTransaction();
        Admission admission = inbox.admit(burial.entry(), InboxState.DEAD);
        if (admission instanceof Admission.Admitted) {
            letters.write(burial.letter(), burial.entry());
            inbox.forgetFailures(burial.entry());
        }
        return admission;
    }

    /** The same message again is a duplicate; another one under the same key is a conflict. */
    ProcessingOutcome known(ListenerEndpoint endpoint, Burial burial, Admission.Recorded recorded) {
        if (recorded.conflictsWith(burial.entry())) {
            return bury(endpoint, burial.asConflict());
        }
        observer.duplicate(endpoint);
        return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.DUPLICATE);
    }
}
