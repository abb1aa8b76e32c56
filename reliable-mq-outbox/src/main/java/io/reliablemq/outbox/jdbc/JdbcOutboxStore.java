package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.dao.DuplicateKeyException;

/** The outbox's table and its neighbours, for relay and write side. */
final class JdbcOutboxStore implements OutboxStore {

    private static final String TOPIC = "reliable_mq_outbox_topic";

    private final BusinessTransaction business;
    private final OwnTransactions own;
    private final OutboxDialect dialect;
    private final RowReads reads;
    private final DensePages pages;
    private final ParkedRows parked;
    private final DueRows due;
    private final ArchiveRows archive;
    private final LaneKeys keys;
    private final boolean archiving;

    /** @param archiving whether what is settled is kept */
    JdbcOutboxStore(BusinessTransaction business, OwnTransactions own, OutboxDialect dialect, boolean archiving) {
        this.business = business;
        this.own = own;
        this.dialect = dialect;
        this.reads = new RowReads(dialect);
        this.pages = new DensePages(own, reads);
        this.parked = new ParkedRows(dialect);
        this.due = new DueRows(dialect);
        this.archive = new ArchiveRows(dialect);
        this.keys = new LaneKeys(dialect);
        this.archiving = archiving;
    }

    @Override
    public List<OutboxRow> insert(List<LaneMessage> messages) {
        return messages.isEmpty()
                ? List.of()
                : business.join("writing messages to the outbox", session -> RowInsert.of(messages, session));
    }

    @Override
    public void delay(List<LaneMessage> messages, Duration handOver) {
        if (!messages.isEmpty()) {
            business.join("writing delayed messages", session -> {
                RowInsert.delayed(messages, handOver.toMillis(), session);
                return messages.size();
            });
        }
    }

    @Override
    public long untilDue() {
        return own.read("looking for delayed messages", due::untilNext);
    }

    @Override
    public int moveDue(int limit) {
        return own.transaction("moving due messages to the outbox", session -> due.move(limit, session));
    }

    @Override
    public boolean cancel(UUID messageId) {
        return business.join("cancelling a message", session -> due.cancel(messageId, session));
    }

    @Override
    public List<OutboxRow> readAfter(Map<Integer, Long> afterByLane, int limitPerLane) {
        return afterByLane.isEmpty()
                ? List.of()
                : own.read("reading the outbox", session -> reads.after(afterByLane, limitPerLane, session));
    }

    @Override
    public Page readPage(Map<Integer, Long> afterByLane, int limitPerLane) {
        return dialect == OutboxDialect.POSTGRESQL
                ? pages.next(afterByLane, limitPerLane)
                : OutboxStore.super.readPage(afterByLane, limitPerLane);
    }

    @Override
    public List<RowRef> scan(Map<Integer, IdRange> ranges, int limitPerLane) {
        if (ranges.isEmpty()) {
            return List.of();
        }
        return own.read("scanning the outbox", session -> reads.scan(ranges, limitPerLane, session));
    }

    @Override
    public Surroundings look(
            Map<Integer, Long> afterByLane, int limitPerLane, Map<Integer, IdRange> behind, int refsPerLane) {
        return own.read(
                "looking at the outbox",
                session -> reads.look(afterByLane, limitPerLane, behind, refsPerLane, session));
    }

    @Override
    public List<OutboxRow> read(Collection<RowRef> refs) {
        List<RowMatch> matches = RowMatch.of(refs, dialect);
        return matches.isEmpty()
                ? List.of()
                : once(matches, "reading the outbox", session -> reads.existing(refs, matches, session));
    }

    @Override
    public int settle(Collection<RowRef> refs) {
        List<RowMatch> matches = RowMatch.ofNeighbours(refs, dialect);
        if (matches.isEmpty()) {
            return 0;
        }
        if (!archiving) {
            return once(matches, "settling outbox rows", session -> delete(matches, session));
        }
        return dialect == OutboxDialect.POSTGRESQL
                ? once(matches, "archiving outbox rows", session -> archive.settle(matches, session))
                : own.transaction("archiving outbox rows", session -> archive.settle(matches, session));
    }

    /** When a crash of the database undoes it, the rows are there again, and their messages are sent once more. */
    private int delete(List<RowMatch> matches, Session session) throws SQLException {
        Map<String, List<Session.Binding>> bySql = matches.stream()
                .collect(Collectors.groupingBy(
                        match -> match.delete(OutboxDialect.OUTBOX, dialect) + dialect.withoutWaitingForTheDisk(),
                        LinkedHashMap::new,
                        Collectors.mapping(RowMatch::binding, Collectors.toList())));
        int deleted = 0;
        for (Map.Entry<String, List<Session.Binding>> same : bySql.entrySet()) {
            deleted += session.update(same.getKey(), same.getValue());
        }
        return deleted;
    }

    @Override
    public boolean park(LaneClaim claim, Collection<RowRef> refs, Set<RowRef> unsent, String reason) {
        return park(claim, refs, unsent, ParkedRows.FIRST, reason);
    }

    @Override
    public boolean parkBehind(
            LaneClaim claim, Set<Integer> elsewhere, Collection<RowRef> refs, Set<RowRef> unsent, String reason) {
        return park(claim, refs, unsent, new ParkedRows.Place(true, elsewhere), reason);
    }

    private boolean park(
            LaneClaim claim, Collection<RowRef> refs, Set<RowRef> unsent, ParkedRows.Place place, String reason) {
        if (refs.stream().anyMatch(ref -> ref.lane() != claim.lane())) {
            throw new IllegalArgumentException(claim + " does not cover all of " + refs + ": park each lane by itself");
        }
        List<RowMatch> proven =
                RowMatch.of(refs.stream().filter(unsent::contains).toList(), dialect);
        List<RowMatch> doubtful =
                RowMatch.of(refs.stream().filter(ref -> !unsent.contains(ref)).toList(), dialect);
        return own.transaction("parking messages", session -> {
            if (!parked.owns(claim, session)) {
                return false;
            }
            parked.lock(place, session);
            parked.park(proven, true, place, reason, session);
            parked.park(doubtful, false, place, reason, session);
            return true;
        });
    }

    @Override
    public Map<ParkedKey, Long> parkedKeys(int lane) {
        return own.read("reading parked keys", session -> parked.keys(lane, session));
    }

    @Override
    public long writtenBefore(int lane, Duration age) {
        return own.read("looking how old a lane is", session -> reads.writtenBefore(lane, age, session));
    }

    @Override
    public Lowest lowest(Set<Integer> lanes, Set<String> orderingKeys, long below) {
        Lowest lowest = LaneKeys.none();
        if (!lanes.isEmpty()) {
            for (List<String> some : LaneKeys.chunks(orderingKeys)) {
                own.read("looking for earlier messages in other lanes", session -> {
                    keys.lowest(lanes, some, below, lowest, session);
                    return some.size();
                });
            }
        }
        return lowest;
    }

    @Override
    public long horizon(Set<Integer> lanes, int rows) {
        return lanes.isEmpty()
                ? Long.MAX_VALUE
                : own.read("looking how far lanes go", session -> keys.horizon(lanes, rows, session));
    }

    @Override
    public List<ParkedMessage> parked(int limit) {
        return own.read("reading parked messages", session -> parked.list(limit, session));
    }

    @Override
    public int release(Collection<RowRef> refs) {
        List<RowMatch> matches = RowMatch.parked(refs, dialect);
        return matches.isEmpty()
                ? 0
                : own.transaction("releasing parked messages", session -> parked.release(matches, session));
    }

    @Override
    public Set<String> knownTopics() {
        return own.read(
                "reading known topics",
                session -> new LinkedHashSet<>(
                        session.query("SELECT topic FROM " + TOPIC, parameters -> {}, Columns::nextText)));
    }

    @Override
    public void rememberTopic(String topic) {
        boolean known = own.read("looking for a topic", session -> session.one(
                        "SELECT topic FROM " + TOPIC + " WHERE topic = ?",
                        parameters -> parameters.add(topic),
                        Columns::nextText)
                .isPresent());
        if (known) {
            return;
        }
        try {
            own.statement(
                    "remembering a topic",
                    session -> session.update(
                            "INSERT INTO " + TOPIC + " (topic) VALUES (?)", parameters -> parameters.add(topic)));
        } catch (DuplicateKeyException e) {
            // another process was faster
            return;
        }
    }

    @Override
    public Backlog backlog() {
        return own.read("measuring the backlog", reads::backlog);
    }

    @Override
    public Load load(long countAtMost) {
        return own.read("measuring the load", session -> reads.load(countAtMost, session));
    }

    /** PostgreSQL's driver sends a batch as one; a COMMIT after it would keep locks while a process is stopped between the two. */
    private <T> T once(List<RowMatch> matches, String task, OwnTransactions.Work<T> work) {
        return matches.size() == 1 || dialect == OutboxDialect.POSTGRESQL
                ? own.statement(task, work)
                : own.transaction(task, work);
    }
}
