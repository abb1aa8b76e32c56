package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead letters whose record moves on in the transaction of their effect. */
final class ReplayableDeadLetters implements DeadLetters {

    private static final Logger log = LoggerFactory.getLogger(ReplayableDeadLetters.class);

    private final DeadLetterStore letters;
    private final InboxStore inbox;
    private final Transactions transactions;
    private final EffectTransaction effect;
    private final PayloadDecoding decoding;
    private final ListenerEndpoints endpoints;

    ReplayableDeadLetters(
            DeadLetterStore letters,
            InboxStore inbox,
            Transactions transactions,
            EffectTransaction effect,
            PayloadDecoding decoding,
            ListenerEndpoints endpoints) {
        this.decoding = decoding;
        this.letters = letters;
        this.inbox = inbox;
        this.transactions = transactions;
        this.effect = effect;
        this.endpoints = endpoints;
    }

    @Override
    public List<DeadLetter> list(String consumerGroup, int limit) {
        return letters.list(consumerGroup, limit);
    }

    @Override
    public Optional<DeadLetter> find(String id) {
        return letters.find(id);
    }

    @Override
    public long count(String consumerGroup) {
        return letters.count(consumerGroup);
    }

    @Override
    public ReplayOutcome replay(String id) {
        Optional<DeadLetter> letter = letters.find(id);
        if (letter.isEmpty() || letter.get().state() != DeadLetter.State.OPEN) {
            return new ReplayOutcome.NotOpen(id);
        }
        String group = letter.get().consumerGroup();
        Optional<ListenerEndpoint> endpoint = endpoints.ofGroup(group);
        return endpoint.isPresent() ? replay(id, endpoint.get()) : new ReplayOutcome.NoListener(group);
    }

    private ReplayOutcome replay(String id, ListenerEndpoint endpoint) {
        try {
            boolean replayed = transactions.execute(() -> inOneTransaction(id, endpoint));
            log.info("Dead letter {} of {}: {}", id, endpoint, replayed ? "replayed" : "not open any more");
            return replayed ? new ReplayOutcome.Replayed() : new ReplayOutcome.NotOpen(id);
        } catch (HandlerFailure e) {
            return failed(id, endpoint, e.thrown());
        }
    }

    private boolean inOneTransaction(String id, ListenerEndpoint endpoint) {
        inbox.requireBoundTransaction();
        Optional<StoredLetter> open = letters.lockOpen(id);
        if (open.isEmpty() || !moveOn(open.get().entry(), InboxState.DONE)) {
            return false;
        }
        letters.settle(id, DeadLetter.State.REPLAYED);
        effect.reapply(open.get().entry(), prepare(endpoint, open.get().letter()));
        return true;
    }

    private boolean moveOn(InboxEntry entry, InboxState to) {
        return inbox.flip(entry, InboxState.DEAD, to);
    }

    private PreparedMessage prepare(ListenerEndpoint endpoint, DeadLetter letter) {
        try {
            return endpoint.handler().prepare(decoding.decode(received(letter)));
        } catch (RuntimeException e) {
            throw new HandlerFailure(e);
        }
    }

    private static ReceivedMessage received(DeadLetter letter) {
        return new ReceivedMessage(
                letter.messageId(),
                letter.topic(),
                letter.tag(),
                letter.keys(),
                letter.orderingKey(),
                letter.contentType(),
                letter.payload(),
                letter.headers(),
                letter.createdAtMs(),
                letter.deliverAtMs(),
                letter.attempts() + 1,
                letter);
    }

    private ReplayOutcome failed(String id, ListenerEndpoint endpoint, Throwable thrown) {
        log.warn("Replay of dead letter {} of {} failed; it stays open", id, endpoint, thrown);
        transactions.execute(() -> {
            letters.recordFailure(id, Burial.describe(thrown));
            return true;
        });
        return new ReplayOutcome.Failed(thrown);
    }

    @Override
    public boolean discard(String id) {
        return transactions.execute(() -> {
            inbox.requireBoundTransaction();
            Optional<StoredLetter> open = letters.lockOpen(id);
            if (open.isEmpty() || !moveOn(open.get().entry(), InboxState.DISCARDED)) {
                return false;
            }
            letters.settle(id, DeadLetter.State.DISCARDED);
            log.info(
                    "Dead letter {} of group {} was discarded",
                    id,
                    open.get().entry().group());
            return true;
        });
    }
}
