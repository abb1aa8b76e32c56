package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.LogEvent;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One letter handled again: its record moves on, and the audit is written, in the transaction of its effect. */
final class LetterReplay {

    private static final Logger log = LoggerFactory.getLogger(LetterReplay.class);

    private final DeadLetterStore letters;
    private final InboxStore inbox;
    private final Transactions transactions;
    private final EffectTransaction effect;
    private final PayloadDecoding decoding;
    private final ListenerEndpoints endpoints;
    private final DeadLetterObserver observer;

    LetterReplay(
            DeadLetterStore letters,
            InboxStore inbox,
            Transactions transactions,
            PayloadDecoding decoding,
            ListenerEndpoints endpoints,
            DeadLetterObserver observer) {
        this.letters = letters;
        this.inbox = inbox;
        this.transactions = transactions;
        this.effect = new EffectTransaction(inbox, transactions);
        this.decoding = decoding;
        this.endpoints = endpoints;
        this.observer = observer;
    }

    ReplayOutcome replay(DeadLetter letter, Action action) {
        if (letter.state() != DeadLetter.State.OPEN) {
            return new ReplayOutcome.NotOpen(letter.id());
        }
        Optional<ListenerEndpoint> endpoint = endpoints.ofGroup(letter.consumerGroup());
        if (endpoint.isEmpty()) {
            return new ReplayOutcome.NoListener(letter.consumerGroup());
        }
        String orderingKey = letter.orderingKey();
        if (orderingKey != null && endpoint.get().subscription().ordered() && !action.outOfOrder()) {
            return new ReplayOutcome.OutOfOrder(orderingKey);
        }
        return action.dryRun() ? new ReplayOutcome.Replayed() : replay(letter.id(), endpoint.get(), action);
    }

    private ReplayOutcome replay(String id, ListenerEndpoint endpoint, Action action) {
        try {
            Deed deed = transactions.insist(() -> inOneTransaction(id, endpoint, action));
            if (deed == null) {
                return new ReplayOutcome.NotOpen(id);
            }
            observer.done(deed);
            return new ReplayOutcome.Replayed();
        } catch (HandlerFailure e) {
            return failed(id, endpoint, e.thrown(), action);
        }
    }

    private @Nullable Deed inOneTransaction(String id, ListenerEndpoint endpoint, Action action) {
        inbox.requireBoundTransaction();
        Optional<StoredLetter> open = letters.lockOpen(id);
        if (open.isEmpty() || !inbox.flip(open.get().entry(), InboxState.DEAD, InboxState.DONE)) {
            return null;
        }
        letters.settle(id, DeadLetter.State.REPLAYED);
        Deed deed = letters.audit(Operation.REPLAY, id, "replayed to " + endpoint.id(), action);
        effect.reapply(open.get().entry(), prepare(endpoint, open.get()));
        return deed;
    }

    private PreparedMessage prepare(ListenerEndpoint endpoint, StoredLetter letter) {
        try {
            return endpoint.handler().prepare(decoding.decode(received(letter)));
        } catch (RuntimeException e) {
            throw new HandlerFailure(e);
        }
    }

    private static ReceivedMessage received(StoredLetter stored) {
        DeadLetter letter = stored.letter();
        return new ReceivedMessage(
                letter.messageId(),
                letter.topic(),
                letter.tag(),
                letter.keys(),
                letter.orderingKey(),
                letter.contentType(),
                stored.payload(),
                letter.headers(),
                letter.createdAtMs(),
                letter.deliverAtMs(),
                letter.attempts() + 1,
                letter);
    }

    /** Whoever tried shows in the audit as well. */
    private ReplayOutcome failed(String id, ListenerEndpoint endpoint, Throwable thrown, Action action) {
        LogEvent.REPLAY_FAILED
                .on(log)
                .addKeyValue("reliablemq.dead_letter_id", id)
                .addKeyValue("reliablemq.group", endpoint.subscription().group())
                .addKeyValue("reliablemq.detail", LoggedFailure.of(thrown))
                .setCause(LoggedFailure.mayBeShown(thrown) ? thrown : null)
                .log(
                        "Replay of dead letter {} of {} failed; it stays open: {}",
                        id,
                        endpoint,
                        LoggedFailure.of(thrown));
        Deed deed = transactions.insist(() -> letters.recordFailure(id, LoggedFailure.of(thrown))
                ? letters.audit(
                        Operation.REPLAY, id, "failed: " + thrown.getClass().getName(), action)
                : null);
        if (deed != null) {
            observer.done(deed);
        }
        return new ReplayOutcome.Failed(thrown);
    }
}
