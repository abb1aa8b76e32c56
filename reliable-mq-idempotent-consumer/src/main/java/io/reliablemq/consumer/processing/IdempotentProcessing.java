package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.MissingKey;
import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.BrokerDeadLetters;
import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.KeptConnection;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.LogEvent;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.PayloadDecryption;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.StopSignal;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Handles messages so that each effect is applied exactly once.
 *
 * <p><b>Guarantee</b>: a message is reported as settled only after a commit that holds its dedup record together with its effect
 * or its dead letter. <b>Transaction</b>: one new transaction per message, or for several of a listener that coalesces; short
 * ones of their own for failure counts and dead letters. <b>Thread</b>: any; the handler runs on the caller's. <b>Errors</b>: outcomes; a transaction manager that does not
 * belong to the inbox is a {@link io.reliablemq.consumer.ListenerConfigurationException}.
 */
public final class IdempotentProcessing implements MessageProcessor {

    private static final Logger log = LoggerFactory.getLogger(IdempotentProcessing.class);

    private final InboxStore inbox;
    private final DeadLetterStore letters;
    private final PlatformTransactionManager transactionManager;
    private final Transactions transactions;
    private final ConsumerSettings settings;
    private final ListenerObserver observer;
    private final PayloadDecoding decoding;
    private final Identification identification;
    private final EffectTransaction effect;
    private final DeadLetterObserver letterObserver;
    private final Undertaker undertaker;
    private final FailureSettlement failures;
    private final CoalescedEffects coalesced;

    /** Without decryption, and with payloads of up to 16 MB unpacked. */
    public IdempotentProcessing(
            InboxStore inbox,
            DeadLetterStore letters,
            PlatformTransactionManager transactionManager,
            ConsumerSettings settings,
            ListenerObserver observer) {
        this(inbox, letters, transactionManager, settings, observer, Decoding.DEFAULTS, DeadLetterObserver.NONE);
    }

    /**
     * How payloads are turned back into what the producer's converter made.
     *
     * @param decryptions by name, no two with the same
     * @param maxSize of an unpacked payload, in bytes
     */
    public record Decoding(List<PayloadDecryption> decryptions, int maxSize) {

        public static final Decoding DEFAULTS = new Decoding(List.of(), 16 << 20);
    }

    /** @throws IllegalArgumentException when the decoding contradicts itself */
    public IdempotentProcessing(
            InboxStore inbox,
            DeadLetterStore letters,
            PlatformTransactionManager transactionManager,
            ConsumerSettings settings,
            ListenerObserver observer,
            Decoding decoding,
            DeadLetterObserver letterObserver) {
        this.inbox = inbox;
        this.transactionManager = transactionManager;
        this.letters = letters;
        this.settings = settings;
        this.observer = ListenerObserver.all(List.of(observer));
        this.transactions = new Transactions(transactionManager);
        this.decoding = new PayloadDecoding(decoding.decryptions(), decoding.maxSize());
        this.identification = new Identification(
                new AgeGuard(group -> new DatabaseClock(inbox, group), settings.skewMargin()), this.decoding);
        this.effect = new EffectTransaction(inbox, transactions);
        this.letterObserver = new QuietLetterObserver(letterObserver);
        this.undertaker = new Undertaker(inbox, letters, transactions, this.observer, this.letterObserver);
        this.failures = new FailureSettlement(inbox, transactions, undertaker, this.observer, settings);
        this.coalesced = new CoalescedEffects(inbox, transactions, identification, this.observer);
    }

    /** The dead letters, replayed by the listeners of this application. */
    public DeadLetters deadLetters(ListenerEndpoints endpoints) {
        LetterReplay replay = new LetterReplay(letters, inbox, transactions, decoding, endpoints, letterObserver);
        return new AuditedDeadLetters(letters, inbox, transactions, replay, letterObserver);
    }

    @Override
    public ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message, StopSignal stop) {
        try {
            if (endpoint.handler() instanceof BrokerDeadLetters drained) {
                return drain(drained.listener(), message);
            }
            Identity identity = identification.identify(endpoint, message);
            if (identity instanceof Identity.Accepted accepted) {
                return handle(endpoint, message, accepted, stop);
            }
            Identity.Refused refused = (Identity.Refused) identity;
            if (refused.reason() == DeadLetterReason.MISSING_KEY && settings.missingKey() == MissingKey.REJECT) {
                return failures.reject(endpoint, message, refused.problem());
            }
            return undertaker.bury(
                    endpoint, new Burial(message, refused.entry(), refused.reason(), refused.problem(), 0));
        } catch (InboxContentionException e) {
            return failures.again(endpoint, message, e);
        } catch (HandlerFailure e) {
            log.atError()
                    .setCause(LoggedFailure.mayBeShown(e) ? e : null)
                    .log(
                            "{} of {} failed, and writing that down failed as well; it comes again: {}",
                            message,
                            endpoint,
                            LoggedFailure.of(e.thrown()));
            return failures.again(endpoint, message, e);
        } catch (InboxUnavailableException e) {
            return new ProcessingOutcome.InfrastructureFailed(e);
        }
    }

    /** Under the key that the listener would give it: what was handled, or buried, before is a duplicate. */
    private ProcessingOutcome drain(ListenerEndpoint listener, ReceivedMessage drained) {
        ReceivedMessage message = drained.withTopic(listener.subscription().topic());
        Identity identity = identification.identify(listener, message);
        Throwable problem = new IllegalStateException(
                "The broker gave the message up, after more deliveries than the retryMaxTimes of group "
                        + listener.subscription().group() + ": raise that, so that only counted failures decide");
        return undertaker.bury(
                listener, new Burial(message, identity.entry(), DeadLetterReason.BROKER_DLQ, problem, 0));
    }

    @Override
    public CoalescedOutcome processTogether(
            ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop) {
        return coalesced.run(endpoint, messages, stop);
    }

    private ProcessingOutcome handle(
            ListenerEndpoint endpoint, ReceivedMessage message, Identity.Accepted accepted, StopSignal stop) {
        long start = System.nanoTime();
        Admission admission;
        try {
            admission = effect.run(accepted, message.deliveryAttempt() > 1, stop);
        } catch (HandlerFailure e) {
            return failures.settle(endpoint, message, accepted.entry(), e.thrown(), stop);
        }
        if (admission instanceof Admission.Recorded recorded) {
            return undertaker.known(endpoint, conflictCandidate(message, accepted), recorded);
        }
        observer.processed(endpoint, Duration.ofNanos(System.nanoTime() - start));
        LoggedSteps.of(LogEvent.MESSAGE_APPLIED, log, endpoint, message).log("{} of {} is applied", message, endpoint);
        return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.PROCESSED);
    }

    private static Burial conflictCandidate(ReceivedMessage message, Identity.Accepted accepted) {
        return new Burial(
                message, accepted.entry(), DeadLetterReason.CONFLICT, new IllegalStateException("conflict"), 0);
    }

    @Override
    public Turn turn() {
        KeptConnection connection = inbox.keepConnection(transactionManager);
        return connection == null ? Turn.ONE : KeptTurn.begin(transactions, connection);
    }

    @Override
    public void rest() {
        transactions.giveBackConnection();
    }

    @Override
    public void verify() {
        try {
            transactions.execute(() -> {
                inbox.requireBoundTransaction();
                return inbox.now();
            });
        } catch (HandlerFailure e) {
            throw new InboxUnavailableException("Inbox: could not commit an empty transaction; it is tried again", e);
        }
    }

    @Override
    public int purge(String group, Duration dedupWindow) {
        Duration age = dedupWindow.plus(settings.skewMargin()).plusMinutes(1);
        return transactions.executeReadCommitted(() -> inbox.purge(group, age, settings.purgeBatch()));
    }
}
