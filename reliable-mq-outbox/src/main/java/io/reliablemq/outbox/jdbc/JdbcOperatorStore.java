package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.jdbc.ParkedSearch.Found;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OperatorStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Parked table, archive, lanes and audit, for operators. */
final class JdbcOperatorStore implements OperatorStore {

    /** Bytes of one transaction, which the database keeps twice until the commit, in its log and for a rollback. */
    private static final long REPLAYED_AT_ONCE = 4L * 1024 * 1024;

    private final OwnTransactions own;
    private final ParkedSearch search;
    private final ParkedDeeds deeds;
    private final ReplayRows replays;
    private final AuditRows audit;
    private final LaneDeeds lanes;

    JdbcOperatorStore(OwnTransactions own, OutboxDialect dialect) {
        this.own = own;
        ArchiveRows archive = new ArchiveRows(dialect);
        this.search = new ParkedSearch(dialect);
        this.audit = new AuditRows(dialect);
        this.deeds = new ParkedDeeds(dialect, search, archive, audit);
        this.replays = new ReplayRows(dialect, archive);
        this.lanes = new LaneDeeds(dialect, audit);
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

    @Override
    public Done release(Parked which, int atMost, Action action) {
        return own.transaction("releasing parked messages", session -> deeds.release(which, atMost, action, session));
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
        ColumnLimits.check(after, HeaderText.of(after.headers()));
        return action.dryRun()
                ? new Done(ParkedDeeds.outcome(found.get()), null)
                : own.transaction(
                        "editing a parked message", session -> deeds.edit(before, after, detail, action, session));
    }

    @Override
    public Done skip(UUID messageId, Action action) {
        return own.transaction("skipping a parked message", session -> deeds.skip(messageId, action, session));
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
            List<ReplayRows.Row> found = replays.next(which, span, atMost, session);
            List<ReplayRows.Row> rows = ReplayRows.first(found, REPLAYED_AT_ONCE);
            ReplayRows.Mine mine = replays.lock(rows, session);
            replays.moveBack(mine.rows(), layout, session);
            List<UUID> moved =
                    mine.rows().stream().map(ReplayRows.Row::messageId).toList();
            boolean end = mine.all() && found.size() < atMost && rows.size() == found.size();
            Deed deed =
                    moved.isEmpty() ? null : audit.write(Operation.REPLAY, action, which.toString(), moved, session);
            return new Batch(
                    new Done(new Outcome(moved, 0, !end, false), deed),
                    end ? span.upTo() : rows.get(rows.size() - 1).seq(),
                    end,
                    !mine.all());
        });
    }

    @Override
    public Lanes lanes() {
        return own.statement("reading the lane layout", lanes::now);
    }

    @Override
    public Lanes lanesAfter(int count) {
        return own.statement("reading the lane layout", session -> lanes.after(count, session));
    }

    @Override
    public @Nullable Deed changeLanes(int count, Action action) {
        return own.transaction("changing the lane count", session -> lanes.change(count, action, session))
                .orElse(null);
    }

    @Override
    public List<Deed> audit(long before, int limit) {
        return own.read("reading the audit of the outbox", session -> audit.before(before, limit, session));
    }
}
