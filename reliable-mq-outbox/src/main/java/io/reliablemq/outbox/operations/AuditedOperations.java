package io.reliablemq.outbox.operations;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.OperationsObserver;
import io.reliablemq.outbox.spi.OperationsObserver.Ending;
import io.reliablemq.outbox.spi.OperatorStore;
import io.reliablemq.outbox.spi.OperatorStore.Batch;
import io.reliablemq.outbox.spi.OperatorStore.Done;
import io.reliablemq.outbox.spi.OperatorStore.Span;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link OutboxOperations} over a store.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class AuditedOperations implements OutboxOperations {

    private static final Logger log = LoggerFactory.getLogger(AuditedOperations.class);
    /** Small: writers of ordered messages may wait for the table's next id as long as one batch is inserted. */
    private static final int BATCH = 200;

    private static final int MOST_NAMED = 100;

    private final OperatorStore store;
    private final Supplier<LaneLayout> layout;
    private final Editing editing;
    private final OperationsObserver observer;

    /**
     * @param layout what this process writes by at the moment
     * @param rules asked about each edited message
     * @param encoding what {@code send} does to a payload before it is written
     * @param observer told after the commit
     */
    public AuditedOperations(
            OperatorStore store,
            Supplier<LaneLayout> layout,
            MessageRules rules,
            UnaryOperator<OutgoingMessage> encoding,
            OperationsObserver observer) {
        this.store = store;
        this.layout = layout;
        this.editing = new Editing(rules, encoding);
        this.observer = observer;
    }

    @Override
    public List<ParkedMessage> parked(Parked which, @Nullable ParkedMessage after, int limit) {
        return store.parked(which, after, checked("limit", limit));
    }

    @Override
    public long count(Parked which) {
        return store.count(which);
    }

    @Override
    public Optional<Payload> payload(UUID messageId) {
        return store.find(messageId).map(message -> new Payload(message.payload(), message.contentType()));
    }

    @Override
    public Outcome release(Parked which, int atMost, Action action) {
        return acted(Operation.RELEASE, action, () -> store.release(which, checked("atMost", atMost), action));
    }

    @Override
    public Outcome edit(UUID messageId, Edit edit, Action action) {
        if (edit.equals(Edit.nothing())) {
            throw new IllegalArgumentException("The edit of message " + messageId
                    + " changes nothing: give it a topic, a tag, headers or a payload");
        }
        return acted(
                Operation.EDIT,
                action,
                () -> store.edit(messageId, before -> editing.edited(before, edit), Editing::difference, action));
    }

    @Override
    public Outcome skip(UUID messageId, Action action) {
        return acted(Operation.SKIP, action, () -> store.skip(messageId, action));
    }

    @Override
    public long count(Archived which) {
        return store.count(which);
    }

    @Override
    public Replayed replay(Archived which, long atMost, Action action) {
        if (atMost < 1) {
            throw new IllegalArgumentException("atMost is " + atMost + ": it must be at least 1");
        }
        if (action.dryRun()) {
            store.span(which);
            long count = store.count(which);
            return new Replayed(Math.min(count, atMost), count > atMost);
        }
        return ended(
                Operation.REPLAY, () -> replayInBatches(which, atMost, action), replayed -> replayed.messages() > 0);
    }

    private Replayed replayInBatches(Archived which, long atMost, Action action) {
        Span span = store.span(which);
        long replayed = 0;
        while (replayed < atMost) {
            Batch batch = store.replay(which, span, (int) Math.min(BATCH, atMost - replayed), layout.get(), action);
            replayed += told(batch.done()).messages().size();
            if (batch.end() || batch.busy()) {
                return new Replayed(replayed, batch.busy());
            }
            span = new Span(batch.last(), span.upTo());
        }
        return new Replayed(replayed, true);
    }

    @Override
    public Lanes lanes() {
        return store.lanes();
    }

    @Override
    public Lanes changeLanes(int lanes, Action action) {
        int checked = new LaneLayout(lanes).lanes();
        if (action.dryRun()) {
            return store.lanesAfter(checked);
        }
        ended(
                        Operation.CHANGE_LANES,
                        () -> Optional.ofNullable(store.changeLanes(checked, action)),
                        Optional::isPresent)
                .ifPresent(this::tell);
        return store.lanes();
    }

    @Override
    public List<Deed> audit(@Nullable Deed before, int limit) {
        return store.audit(before == null ? Long.MAX_VALUE : before.id(), checked("limit", limit));
    }

    private static int checked(String name, int value) {
        if (value < 1 || value > MOST) {
            throw new IllegalArgumentException(name + " is " + value + ": it must be 1 to " + MOST);
        }
        return value;
    }

    private Outcome acted(Operation operation, Action action, Supplier<Done> call) {
        return action.dryRun()
                ? call.get().outcome()
                : ended(operation, () -> told(call.get()), outcome -> !outcome.messages()
                        .isEmpty());
    }

    private <T> T ended(Operation operation, Supplier<T> call, Predicate<T> changed) {
        Ending ending = Ending.FAILED;
        try {
            T answer = call.get();
            ending = changed.test(answer) ? Ending.DONE : Ending.NOTHING;
            return answer;
        } finally {
            tell(operation, ending);
        }
    }

    private void tell(Operation operation, Ending ending) {
        try {
            observer.ended(operation, ending);
        } catch (RuntimeException e) {
            log.warn("{} has ended ({}), but that could not be told", operation, ending, e);
        }
    }

    private Outcome told(Done done) {
        if (done.deed() != null) {
            tell(done.deed());
        }
        return done.outcome();
    }

    private void tell(Deed deed) {
        LogEvent.OPERATOR_ACTED
                .on(log)
                .addKeyValue("reliablemq.operation", deed.operation().name().toLowerCase(Locale.ROOT))
                .addKeyValue("reliablemq.actor", deed.actor())
                .addKeyValue("reliablemq.why", deed.reason())
                .addKeyValue("reliablemq.detail", deed.detail())
                .addKeyValue("reliablemq.messages", deed.messages().size())
                .addKeyValue(
                        "reliablemq.message_ids",
                        deed.messages().stream().limit(MOST_NAMED).toList())
                .log(
                        "{} of {} message(s) by {}: {} ({})",
                        deed.operation(),
                        deed.messages().size(),
                        deed.actor(),
                        deed.reason(),
                        deed.detail());
        try {
            observer.done(deed);
        } catch (RuntimeException e) {
            log.warn("{} by {} is committed, but could not be published", deed.operation(), deed.actor(), e);
        }
    }
}
