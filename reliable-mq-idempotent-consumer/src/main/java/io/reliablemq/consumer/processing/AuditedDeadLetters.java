package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.processing.PacedRound.Total;
import io.reliablemq.consumer.processing.PacedRound.Turn;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link DeadLetters} over a store. */
final class AuditedDeadLetters implements DeadLetters {

    private final DeadLetterStore letters;
    private final InboxStore inbox;
    private final Transactions transactions;
    private final LetterReplay replay;
    private final DeadLetterObserver observer;
    private final OperatorCalls told;

    AuditedDeadLetters(
            DeadLetterStore letters,
            InboxStore inbox,
            Transactions transactions,
            LetterReplay replay,
            DeadLetterObserver observer) {
        this.letters = letters;
        this.inbox = inbox;
        this.transactions = transactions;
        this.replay = replay;
        this.observer = observer;
        this.told = new OperatorCalls(observer);
    }

    @Override
    public List<DeadLetter> list(Letters which, @Nullable DeadLetter after, int limit) {
        return letters.list(which, after, checked(limit));
    }

    @Override
    public long count(Letters which) {
        return letters.count(which);
    }

    @Override
    public Optional<DeadLetter> find(String id) {
        return letters.find(id).map(StoredLetter::letter);
    }

    @Override
    public Optional<Payload> payload(String id) {
        return letters.find(id).map(AuditedDeadLetters::payload);
    }

    private static Payload payload(StoredLetter stored) {
        return new Payload(stored.payload(), stored.letter().contentType());
    }

    @Override
    public ReplayOutcome replay(String id, Action action) {
        return told.call(Operation.REPLAY, action, () -> replayed(id, action), OperatorCalls::changed);
    }

    private ReplayOutcome replayed(String id, Action action) {
        return find(id).map(letter -> replay.replay(letter, action)).orElseGet(() -> new ReplayOutcome.NotOpen(id));
    }

    @Override
    public Replayed replay(Letters which, Pace pace, Action action) {
        PacedRound round = new PacedRound(letters, which, pace, letter -> turn(replay.replay(letter, action)));
        Total total = told.call(Operation.REPLAY, action, () -> round.run(action.dryRun()), OperatorCalls::changed);
        return new Replayed(total.done(), total.failed(), total.passedOver(), total.more());
    }

    private static Turn turn(ReplayOutcome outcome) {
        if (outcome instanceof ReplayOutcome.Replayed) {
            return Turn.DONE;
        }
        return outcome instanceof ReplayOutcome.Failed ? Turn.FAILED : Turn.PASSED_OVER;
    }

    @Override
    public boolean edit(String id, Edit edit, Action action) {
        if (edit.equals(Edit.nothing())) {
            throw new IllegalArgumentException(
                    "The edit of dead letter " + id + " changes nothing: give it a payload or headers");
        }
        return told.call(Operation.EDIT, action, () -> edited(id, edit, action), OperatorCalls::changed);
    }

    private boolean edited(String id, Edit edit, Action action) {
        return act(id, action, open -> {
            Payload before = payload(open);
            Payload after = edit.payload() == null ? before : edit.payload();
            Map<String, String> headers = edit.headers() == null ? open.letter().headers() : edit.headers();
            keep(open);
            letters.replace(id, after, headers);
            String detail = "payload " + before.bytes().length + " -> " + after.bytes().length + " bytes, headers "
                    + open.letter().headers().size() + " -> " + headers.size();
            return letters.audit(Operation.EDIT, id, detail, action);
        });
    }

    private void keep(StoredLetter before) {
        String copy = UUID.randomUUID().toString();
        letters.write(new StoredLetter(before.letter().withId(copy), before.payload(), before.entry()));
        letters.settle(copy, DeadLetter.State.REPLACED);
    }

    @Override
    public boolean discard(String id, Action action) {
        return told.call(Operation.DISCARD, action, () -> discarded(id, action), OperatorCalls::changed);
    }

    @Override
    public Discarded discard(Letters which, Pace pace, Action action) {
        PacedRound round = new PacedRound(
                letters,
                which,
                pace,
                letter -> action.dryRun() || discarded(letter.id(), action) ? Turn.DONE : Turn.PASSED_OVER);
        Total total = told.call(Operation.DISCARD, action, () -> round.run(action.dryRun()), OperatorCalls::changed);
        return new Discarded(total.done(), total.passedOver(), total.more());
    }

    private boolean discarded(String id, Action action) {
        return act(id, action, open -> {
            if (!inbox.flip(open.entry(), InboxState.DEAD, InboxState.DISCARDED)) {
                return null;
            }
            letters.settle(id, DeadLetter.State.DISCARDED);
            return letters.audit(Operation.DISCARD, id, String.valueOf(open.letter()), action);
        });
    }

    /** The change answers null when there was nothing to change. */
    private boolean act(String id, Action action, Function<StoredLetter, @Nullable Deed> change) {
        if (action.dryRun()) {
            return find(id).filter(letter -> letter.state() == DeadLetter.State.OPEN)
                    .isPresent();
        }
        Deed deed = transactions.insist(() -> {
            inbox.requireBoundTransaction();
            Optional<StoredLetter> open = letters.lockOpen(id);
            return open.isPresent() ? change.apply(open.get()) : null;
        });
        if (deed != null) {
            observer.done(deed);
        }
        return deed != null;
    }

    @Override
    public List<Deed> audit(@Nullable Deed before, int limit) {
        return letters.audit(before == null ? Long.MAX_VALUE : before.id(), checked(limit));
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit is " + limit + ": it must be 1 to " + MOST);
        }
        return limit;
    }
}
