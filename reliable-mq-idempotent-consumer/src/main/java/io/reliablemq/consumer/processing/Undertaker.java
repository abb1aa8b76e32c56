package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.LogEvent;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a dead letter and its dedup record in one transaction, before anything is acknowledged. */
final class Undertaker {

    private static final Logger log = LoggerFactory.getLogger(Undertaker.class);

    private final InboxStore inbox;
    private final DeadLetterStore letters;
    private final Transactions transactions;
    private final ListenerObserver observer;
    private final DeadLetterObserver letterObserver;

    Undertaker(
            InboxStore inbox,
            DeadLetterStore letters,
            Transactions transactions,
            ListenerObserver observer,
            DeadLetterObserver letterObserver) {
        this.inbox = inbox;
        this.letters = letters;
        this.transactions = transactions;
        this.observer = observer;
        this.letterObserver = letterObserver;
    }

    /** A known key needs no letter: its message was handled, or buried, before. */
    ProcessingOutcome bury(ListenerEndpoint endpoint, Burial burial) {
        StoredLetter letter = burial.letter();
        Admission admission = transactions.execute(() -> inOneTransaction(endpoint, letter));
        if (admission instanceof Admission.Recorded recorded) {
            return known(endpoint, burial, recorded);
        }
        log(endpoint, burial, letter.letter().id());
        observer.deadLettered(endpoint, burial.reason());
        letterObserver.written(letter.letter());
        return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.DEAD_LETTERED);
    }

    private static void log(ListenerEndpoint endpoint, Burial burial, String letterId) {
        Throwable problem = burial.problem();
        LogEvent event = burial.reason().isQuarantine() ? LogEvent.MESSAGE_QUARANTINED : LogEvent.MESSAGE_DEAD;
        LoggedSteps.of(event, log, endpoint, burial.message())
                .addKeyValue("reliablemq.dead_letter_id", letterId)
                .addKeyValue("reliablemq.reason", burial.reason().name().toLowerCase(Locale.ROOT))
                .addKeyValue("reliablemq.failures", burial.attempts())
                .setCause(LoggedFailure.mayBeShown(problem) ? problem : null)
                .log(
                        "{} became a dead letter of {} ({}, attempts {}): {}. Look at it, then replay or discard it",
                        burial.message(),
                        endpoint,
                        burial.reason(),
                        burial.attempts(),
                        LoggedFailure.of(problem));
    }

    private Admission inOneTransaction(ListenerEndpoint endpoint, StoredLetter letter) {
        inbox.requireBoundTransaction();
        Admission admission = inbox.admit(letter.entry(), InboxState.DEAD);
        if (admission instanceof Admission.Admitted) {
            letters.write(letter);
            mirror(endpoint, letter);
            inbox.forgetFailures(letter.entry());
        }
        return admission;
    }

    private void mirror(ListenerEndpoint endpoint, StoredLetter letter) {
        try {
            letterObserver.writing(endpoint, letter);
        } catch (RuntimeException e) {
            throw new HandlerFailure(e);
        }
    }

    /** The same message again is a duplicate; another one under the same key is a conflict. */
    ProcessingOutcome known(ListenerEndpoint endpoint, Burial burial, Admission.Recorded recorded) {
        if (recorded.conflictsWith(burial.entry())) {
            return bury(endpoint, burial.asConflict());
        }
        observer.duplicate(endpoint);
        LoggedSteps.of(LogEvent.MESSAGE_DUPLICATE, log, endpoint, burial.message())
                .log("{} of {} was settled before: it is only acknowledged", burial.message(), endpoint);
        return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.DUPLICATE);
    }
}
