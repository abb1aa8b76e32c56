package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Fate;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.jdbc.ParkedSearch.Found;
import io.reliablemq.outbox.jdbc.ParkedSearch.Place;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OperatorStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Parked table, archive and audit, for operators. */
final class JdbcOperatorStore implements OperatorStore {

    private static final String PARKED = OutboxDialect.PARKED;
    private static final String REPLACED = "REPLACED";
    private static final Comparator<RowRef> BY_ID =
            Comparator.comparingLong(RowRef::id).thenComparingInt(RowRef::lane);

    private final OwnTransactions own;
    private final OutboxDialect dialect;
    private final RowLocks locks;
    private final ParkedSearch search;
    private final ParkedRows parked;
    private final ArchiveRows archive;
    private final ReplayRows replays;
    private final AuditRows audit;

    JdbcOperatorStore(OwnTransactions own, OutboxDialect dialect) {
        this.own = own;
        this.dialect = dialect;
        this.locks = new RowLocks(dialect);
        this.search = new ParkedSearch(dialect);
        this.parked = new ParkedRows(dialect);
        this.archive = new ArchiveRows(dialect);
        this.replays = new ReplayRows(dialect, archive);
        this.audit = new AuditRows(dialect);
    }

    @Override
    public List<ParkedMessage> parked(Parked which, @Nullable ParkedMessage after, int limit) {
        return own.read("reading parked messages", session -> search.page(which, after, limit, session));
    }

    @Override
    public long count(Parked which) {
        return own.read("counting parked messages", session -> search.count(which, session));
    }

    @Override
    public Optional<OutgoingMessage> find(UUID messageId) {
        return own.read("reading a parked message", session -> search.find(messageId, session)
                .map(Found::message));
    }

    /** Searches before it locks: what looks through a large table must not keep a relay waiting. */
    @Override
    public Done release(Parked which, int atMost, Action action) {
        return own.transaction("releasing parked messages", session -> {
            List<Place> found = search.places(which, atMost + 1, session);
            List<RowRef> wanted = refs(found);
            List<RowRef> mine = first(atMost, wanted);
            if (!action.dryRun()) {
                locks.lanes(mine, session);
                if (wanted.size() <= atMost && which.messageId() == null) {
                    wanted = withNewFollowers(found, atMost, session);
                }
                mine = take(first(atMost, wanted), session);
            }
            Set<RowRef> blocked = new HashSet<>(search.blocked(mine, session));
            List<RowRef> released =
                    mine.stream().filter(ref -> !blocked.contains(ref)).toList();
            Outcome outcome = new Outcome(ids(released), blocked.size(), mine.size() < wanted.size(), false);
            if (action.dryRun() || released.isEmpty()) {
                return new Done(outcome, null);
            }
            parked.moveBack(released, session);
            return done(outcome, Operation.RELEASE, action, which.toString(), session);
        });
    }

    /** Until the lanes were locked a relay may have parked others behind. Left alone they would wait for nobody. */
    private List<RowRef> withNewFollowers(List<Place> found, int atMost, Session session) throws SQLException {
        Set<RowRef> all = new LinkedHashSet<>(refs(found));
        all.addAll(search.followers(found, found.size() + atMost, session));
        return List.copyOf(all);
    }

    private static List<RowRef> refs(List<Place> places) {
        return places.stream().map(Place::ref).toList();
    }

    private static List<RowRef> first(int atMost, List<RowRef> rows) {
        return rows.subList(0, Math.min(atMost, rows.size()));
    }

    private List<RowRef> take(List<RowRef> wanted, Session session) throws SQLException {
        List<RowRef> taken = new ArrayList<>();
        for (RowMatch match : RowMatch.parked(wanted, dialect)) {
            taken.addAll(locks.takeFree(PARKED, match, session));
        }
        taken.sort(BY_ID);
        return taken;
    }

    /** What may take its time, an encryption perhaps, is done before anything is locked. */
    @Override
    public Done edit(UUID messageId, UnaryOperator<OutgoingMessage> change, EditDetail detail, Action action) {
        Optional<Found> found = own.read("reading a parked message", session -> search.find(messageId, session));
        if (found.isEmpty()) {
            return new Done(Outcome.NOTHING, null);
        }
        OutgoingMessage before = found.get().message();
        OutgoingMessage after = change.apply(before);
        String headers = HeaderText.of(after.headers());
        ColumnLimits.check(after, headers);
        if (action.dryRun()) {
            return new Done(outcome(found.get()), null);
        }
        return own.transaction("editing a parked message", session -> {
            Optional<Found> now = find(messageId, action, session);
            if (now.isEmpty() || !isSame(before, now.get().message())) {
                return nothing(messageId, session);
            }
            archive.copy(PARKED, match(now.get()), REPLACED, session);
            write(now.get().ref(), after, headers, session);
            return done(outcome(now.get()), Operation.EDIT, action, detail.of(before, after), session);
        });
    }

    private static boolean isSame(OutgoingMessage one, OutgoingMessage other) {
        return one.topic().equals(other.topic())
                && Objects.equals(one.tag(), other.tag())
                && one.contentType().equals(other.contentType())
                && one.headers().equals(other.headers())
                && Arrays.equals(one.payload(), other.payload());
    }

    private static void write(RowRef ref, OutgoingMessage message, String headers, Session session)
            throws SQLException {
        session.update(
                "UPDATE " + PARKED + " SET topic = ?, tag = ?, headers = ?, payload = ?, content_type = ?"
                        + " WHERE lane = ? AND id = ? AND message_id = ?",
                parameters -> parameters
                        .add(message.topic())
                        .add(message.tag())
                        .add(headers)
                        .add(message.payload())
                        .add(message.contentType())
                        .add(ref.lane())
                        .add(ref.id())
                        .add(ref.messageId()));
    }

    @Override
    public Done skip(UUID messageId, Action action) {
        return own.transaction("skipping a parked message", session -> {
            Optional<Found> found = find(messageId, action, session);
            if (found.isEmpty()) {
                return nothing(messageId, session);
            }
            Outcome outcome = outcome(found.get());
            if (action.dryRun()) {
                return new Done(outcome, null);
            }
            archive.copy(PARKED, match(found.get()), Fate.SKIPPED.name(), session);
            parked.delete(match(found.get()), session);
            return done(outcome, Operation.SKIP, action, found.get().message().toString(), session);
        });
    }

    /** As it is when nobody else can change it any more. */
    private Optional<Found> find(UUID messageId, Action action, Session session) throws SQLException {
        Optional<Found> found = search.find(messageId, session);
        if (found.isEmpty() || action.dryRun()) {
            return found;
        }
        List<RowRef> wanted = List.of(found.get().ref());
        locks.lanes(wanted, session);
        return take(wanted, session).isEmpty() ? Optional.empty() : search.find(messageId, session);
    }

    private RowMatch match(Found found) {
        return RowMatch.parked(List.of(found.ref()), dialect).get(0);
    }

    private static Outcome outcome(Found found) {
        return new Outcome(List.of(found.ref().messageId()), 0, false, !found.unsent());
    }

    /** Not parked at all, or somebody else is busy with it. */
    private Done nothing(UUID messageId, Session session) throws SQLException {
        boolean busy = search.find(messageId, session).isPresent();
        return new Done(new Outcome(List.of(), 0, busy, false), null);
    }

    @Override
    public Span span(Archived which) {
        return own.transaction("looking into the archive of the outbox", session -> {
            long now = audit.now(session);
            if (which.toMs() > now) {
                throw new IllegalArgumentException("The range of archived messages ends at " + which.toMs()
                        + " and the database's clock says " + now
                        + " (milliseconds since the epoch): what is replayed and"
                        + " stored again would be in it. Let it end in the past");
            }
            return replays.span(which, session);
        });
    }

    @Override
    public long count(Archived which) {
        return own.read("counting archived messages", session -> replays.count(which, session));
    }

    @Override
    public Batch replay(Archived which, Span span, int atMost, LaneLayout layout, Action action) {
        return own.transaction("replaying archived messages", session -> {
            List<ReplayRows.Row> rows = replays.next(which, span, atMost, session);
            List<UUID> moved = rows.isEmpty()
                    ? List.of()
                    : replays.moveBack(rows, layout, session).stream()
                            .map(ReplayRows.Row::messageId)
                            .toList();
            boolean end = rows.size() < atMost;
            Outcome outcome = new Outcome(moved, 0, !end, false);
            Done done = moved.isEmpty()
                    ? new Done(outcome, null)
                    : done(outcome, Operation.REPLAY, action, which.toString(), session);
            return new Batch(done, end ? span.upTo() : rows.get(rows.size() - 1).seq(), end);
        });
    }

    @Override
    public List<Deed> audit(long before, int limit) {
        return own.read("reading the audit of the outbox", session -> audit.before(before, limit, session));
    }

    private Done done(Outcome outcome, Operation operation, Action action, String detail, Session session)
            throws SQLException {
        return new Done(outcome, audit.write(operation, action, detail, outcome.messages(), session));
    }

    private static List<UUID> ids(List<RowRef> refs) {
        return refs.stream().map(RowRef::messageId).toList();
    }
}
