package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Fate;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.jdbc.ParkedSearch.Found;
import io.reliablemq.outbox.jdbc.ParkedSearch.Place;
import io.reliablemq.outbox.spi.OperatorStore.Done;
import io.reliablemq.outbox.spi.OperatorStore.EditDetail;
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
import java.util.stream.Collectors;

/**
 * What operators do to parked messages, each within one transaction. Locks the lanes, which keeps their owners from parking, and
 * the rows; passes over both where somebody else is busy with them: nobody waits for a process that may have been stopped in the
 * middle of a transaction, or for one of the business.
 */
final class ParkedDeeds {

    private static final String PARKED = OutboxDialect.PARKED;
    private static final String REPLACED = "REPLACED";
    private static final Comparator<RowRef> BY_ID =
            Comparator.comparingLong(RowRef::id).thenComparingInt(RowRef::lane);

    private final OutboxDialect dialect;
    private final RowLocks locks;
    private final ParkedSearch search;
    private final ParkedRows parked;
    private final ArchiveRows archive;
    private final AuditRows audit;

    ParkedDeeds(OutboxDialect dialect, ParkedSearch search, ArchiveRows archive, AuditRows audit) {
        this.dialect = dialect;
        this.locks = new RowLocks(dialect);
        this.search = search;
        this.parked = new ParkedRows(dialect);
        this.archive = archive;
        this.audit = audit;
    }

    /** Searches before it locks: what looks through a large table must not keep a relay waiting. */
    Done release(Parked which, int atMost, Action action, Session session) throws SQLException {
        List<Place> found = search.places(which, atMost + 1, session);
        List<RowRef> wanted = refs(found);
        List<RowRef> mine = first(atMost, wanted);
        if (!action.dryRun()) {
            Set<Integer> lanes = locks.lanes(lanesOf(mine), session);
            if (wanted.size() <= atMost && which.messageId() == null) {
                wanted = withNewFollowers(found, atMost, session);
            }
            mine = take(
                    first(atMost, wanted).stream()
                            .filter(ref -> lanes.contains(ref.lane()))
                            .toList(),
                    session);
        }
        Set<RowRef> blocked = new HashSet<>(search.blocked(mine, session));
        List<RowRef> released =
                mine.stream().filter(ref -> !blocked.contains(ref)).toList();
        Outcome outcome = new Outcome(ids(released), blocked.size(), mine.size() < wanted.size(), false);
        if (action.dryRun() || released.isEmpty()) {
            return new Done(outcome, null);
        }
        if (!LaneChanges.lookAnew(session)) {
            return new Done(new Outcome(List.of(), blocked.size(), true, false), null);
        }
        parked.moveBack(released, session);
        return done(outcome, Operation.RELEASE, action, which.toString(), session);
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

    /** @param before what the edit was made from: when it is not like that any more, nothing is done */
    Done edit(OutgoingMessage before, OutgoingMessage after, EditDetail detail, Action action, Session session)
            throws SQLException {
        Optional<Found> now = find(before.id(), action, session);
        if (now.isEmpty() || !isSame(before, now.get().message())) {
            return nothing(before.id(), session);
        }
        archive.copy(PARKED, match(now.get()), REPLACED, session);
        write(now.get().ref(), after, HeaderText.of(after.headers()), session);
        return done(outcome(now.get()), Operation.EDIT, action, detail.of(before, after), session);
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

    Done skip(UUID messageId, Action action, Session session) throws SQLException {
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
    }

    /** As it is when nobody else can change it any more. */
    private Optional<Found> find(UUID messageId, Action action, Session session) throws SQLException {
        Optional<Found> found = search.find(messageId, session);
        if (found.isEmpty() || action.dryRun()) {
            return found;
        }
        List<RowRef> wanted = List.of(found.get().ref());
        boolean taken = !locks.lanes(lanesOf(wanted), session).isEmpty()
                && !take(wanted, session).isEmpty();
        return taken ? search.find(messageId, session) : Optional.empty();
    }

    private RowMatch match(Found found) {
        return RowMatch.parked(List.of(found.ref()), dialect).get(0);
    }

    static Outcome outcome(Found found) {
        return new Outcome(List.of(found.ref().messageId()), 0, false, !found.unsent());
    }

    /** Not parked at all, or somebody else is busy with it. */
    private Done nothing(UUID messageId, Session session) throws SQLException {
        boolean busy = search.find(messageId, session).isPresent();
        return new Done(new Outcome(List.of(), 0, busy, false), null);
    }

    private Done done(Outcome outcome, Operation operation, Action action, String detail, Session session)
            throws SQLException {
        return new Done(outcome, audit.write(operation, action, detail, outcome.messages(), session));
    }

    private static Set<Integer> lanesOf(List<RowRef> refs) {
        return refs.stream().map(RowRef::lane).collect(Collectors.toSet());
    }

    private static List<UUID> ids(List<RowRef> refs) {
        return refs.stream().map(RowRef::messageId).toList();
    }
}
