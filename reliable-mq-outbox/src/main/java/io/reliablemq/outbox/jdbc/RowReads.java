package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.Backlog;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutboxStore.Load;
import io.reliablemq.outbox.spi.OutboxStore.Page;
import io.reliablemq.outbox.spi.OutboxStore.Surroundings;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Non-locking reads of the outbox table. */
final class RowReads {

    private static final Comparator<OutboxRow> BY_ID =
            Comparator.comparingLong(row -> row.ref().id());

    /** That many rows are read one after the other. */
    private static final int FEW = 100;

    private final OutboxDialect dialect;
    private final String outbox;

    RowReads(OutboxDialect dialect) {
        this.dialect = dialect;
        this.outbox = dialect.byPrimaryKey(OutboxDialect.OUTBOX);
    }

    List<OutboxRow> after(Map<Integer, Long> afterByLane, int limitPerLane, Session session) throws SQLException {
        List<OutboxRow> rows = dialect == OutboxDialect.POSTGRESQL
                ? afterByArray(afterByLane, limitPerLane, session)
                : afterByUnion(afterByLane, limitPerLane, session);
        // no database promises an order for this; most give it, so that there is next to nothing to sort
        rows.sort(BY_ID);
        return rows;
    }

    private List<OutboxRow> afterByArray(Map<Integer, Long> afterByLane, int limit, Session session)
            throws SQLException {
        List<Integer> lanes = List.copyOf(afterByLane.keySet());
        return session.query(
                "SELECT o.* FROM unnest(CAST(? AS int[]), CAST(? AS bigint[])) AS wanted (lane, after)"
                        + " CROSS JOIN LATERAL (SELECT " + MessageColumns.ALL + " FROM " + outbox
                        + " WHERE lane = wanted.lane AND id > wanted.after ORDER BY id LIMIT ?) AS o",
                parameters -> parameters
                        .add("int4", lanes.toArray(Integer[]::new))
                        .add("int8", lanes.stream().map(afterByLane::get).toArray(Long[]::new))
                        .add(limit),
                MessageColumns::row);
    }

    private List<OutboxRow> afterByUnion(Map<Integer, Long> afterByLane, int limit, Session session)
            throws SQLException {
        return session.query(
                String.join(" UNION ALL ", Collections.nCopies(afterByLane.size(), nextOf(MessageColumns.ALL, ""))),
                parameters -> {
                    for (Map.Entry<Integer, Long> lane : afterByLane.entrySet()) {
                        parameters.add(lane.getKey()).add(lane.getValue()).add(limit);
                    }
                },
                MessageColumns::row);
    }

    /** All rows of some lanes in a range of ids. Only on PostgreSQL. */
    List<OutboxRow> between(Set<Integer> lanes, IdRange ids, Session session) throws SQLException {
        List<OutboxRow> rows = session.query(
                "SELECT " + MessageColumns.ALL + " FROM " + outbox
                        + " WHERE lane = ANY (CAST(? AS int[])) AND id > ? AND id <= ?",
                parameters -> parameters
                        .add("int4", lanes.toArray(Integer[]::new))
                        .add(ids.after())
                        .add(ids.upTo()),
                MessageColumns::row);
        rows.sort(BY_ID);
        return rows;
    }

    List<RowRef> scan(Map<Integer, IdRange> ranges, int limitPerLane, Session session) throws SQLException {
        List<RowRef> refs = dialect == OutboxDialect.POSTGRESQL
                ? scanByArray(ranges, limitPerLane, session)
                : scanByUnion(ranges, limitPerLane, session);
        refs.sort(RowMatch.BY_LANE_AND_ID);
        return refs;
    }

    private List<RowRef> scanByArray(Map<Integer, IdRange> ranges, int limit, Session session) throws SQLException {
        List<Map.Entry<Integer, IdRange>> lanes = List.copyOf(ranges.entrySet());
        return session.query(
                "SELECT o.* FROM unnest(CAST(? AS int[]), CAST(? AS bigint[]), CAST(? AS bigint[]))"
                        + " AS wanted (lane, after, up_to) CROSS JOIN LATERAL (SELECT " + MessageColumns.REFERENCE
                        + " FROM " + outbox + " WHERE lane = wanted.lane AND id > wanted.after AND id <= wanted.up_to"
                        + " ORDER BY id LIMIT ?) AS o",
                parameters -> parameters
                        .add("int4", lanes.stream().map(Map.Entry::getKey).toArray(Integer[]::new))
                        .add(
                                "int8",
                                lanes.stream()
                                        .map(lane -> lane.getValue().after())
                                        .toArray(Long[]::new))
                        .add(
                                "int8",
                                lanes.stream()
                                        .map(lane -> lane.getValue().upTo())
                                        .toArray(Long[]::new))
                        .add(limit),
                MessageColumns::reference);
    }

    private List<RowRef> scanByUnion(Map<Integer, IdRange> ranges, int limit, Session session) throws SQLException {
        String oneLane = nextOf(MessageColumns.REFERENCE, " AND id <= ?");
        return session.query(
                String.join(" UNION ALL ", Collections.nCopies(ranges.size(), oneLane)),
                parameters -> {
                    for (Map.Entry<Integer, IdRange> lane : ranges.entrySet()) {
                        IdRange range = lane.getValue();
                        parameters
                                .add(lane.getKey())
                                .add(range.after())
                                .add(range.upTo())
                                .add(limit);
                    }
                },
                MessageColumns::reference);
    }

    /** A page and references in one statement, so of one moment. */
    Surroundings look(
            Map<Integer, Long> afterByLane,
            int limitPerLane,
            Map<Integer, IdRange> behind,
            int refsPerLane,
            Session session)
            throws SQLException {
        List<String> parts = new ArrayList<>();
        parts.addAll(Collections.nCopies(afterByLane.size(), nextOf(MessageColumns.ALL, "")));
        parts.addAll(Collections.nCopies(behind.size(), nextOf(MessageColumns.ALL_OF_REFERENCE, " AND id <= ?")));
        List<MessageColumns.RowOrReference> found = session.query(
                String.join(" UNION ALL ", parts),
                parameters -> {
                    for (Map.Entry<Integer, Long> lane : afterByLane.entrySet()) {
                        parameters.add(lane.getKey()).add(lane.getValue()).add(limitPerLane);
                    }
                    for (Map.Entry<Integer, IdRange> lane : behind.entrySet()) {
                        IdRange range = lane.getValue();
                        parameters
                                .add(lane.getKey())
                                .add(range.after())
                                .add(range.upTo())
                                .add(refsPerLane);
                    }
                },
                MessageColumns::rowOrReference);
        List<OutboxRow> rows = new ArrayList<>();
        List<RowRef> refs = new ArrayList<>();
        for (MessageColumns.RowOrReference one : found) {
            if (one.row() == null) {
                refs.add(one.ref());
            } else {
                rows.add(one.row());
            }
        }
        rows.sort(BY_ID);
        refs.sort(RowMatch.BY_LANE_AND_ID);
        return new Surroundings(Page.of(rows, afterByLane.keySet(), limitPerLane), refs);
    }

    private String nextOf(String columns, String more) {
        return "(SELECT " + columns + " FROM " + outbox + " WHERE lane = ? AND id > ?" + more + " ORDER BY id LIMIT ?)";
    }

    List<OutboxRow> existing(Collection<RowRef> refs, List<RowMatch> matches, Session session) throws SQLException {
        Set<RowRef> wanted = new HashSet<>(refs);
        List<OutboxRow> rows = new ArrayList<>();
        for (RowMatch match : matches) {
            rows.addAll(session.query(
                    "SELECT " + MessageColumns.ALL + match.rows(OutboxDialect.OUTBOX, dialect),
                    match.binding(),
                    MessageColumns::row));
        }
        rows.removeIf(row -> !wanted.contains(row.ref()));
        rows.sort(BY_ID);
        return rows;
    }

    /** A row and whether it was written so long ago. */
    private record Aged(long id, boolean old) {}

    /**
     * Rows were written in the order of their ids, or nearly: a lane with many rows is not read from its end backwards, but halved until
     * few are left. Where the order is not kept a lower id than the highest may be found, which is safe.
     */
    long writtenBefore(int lane, Duration age, Session session) throws SQLException {
        Optional<Aged> last = aged(lane, Long.MIN_VALUE, "DESC", age, session);
        Optional<Aged> first = last.filter(row -> !row.old()).isPresent()
                ? aged(lane, Long.MIN_VALUE, "ASC", age, session).filter(Aged::old)
                : last;
        if (first.isEmpty()) {
            return 0;
        }
        long old = first.get().id();
        long young = last.get().id();
        while (young - old > FEW) {
            long middle = old + (young - old) / 2;
            Optional<Aged> row = aged(lane, middle, "ASC", age, session);
            if (row.filter(Aged::old).isPresent()) {
                old = row.get().id();
            } else {
                young = middle;
            }
        }
        return young > old ? highestWrittenBefore(lane, new IdRange(old, young), age, session) : old;
    }

    private Optional<Aged> aged(int lane, long from, String order, Duration age, Session session) throws SQLException {
        return session.one(
                "SELECT id, written_at_ms <= " + dialect.nowMs() + " - ? FROM " + outbox
                        + " WHERE lane = ? AND id >= ? ORDER BY id " + order + " LIMIT 1",
                parameters -> parameters.add(age.toMillis()).add(lane).add(from),
                columns -> new Aged(columns.nextLong(), columns.nextBoolean()));
    }

    private long highestWrittenBefore(int lane, IdRange ids, Duration age, Session session) throws SQLException {
        return session.one(
                        "SELECT id FROM " + outbox + " WHERE lane = ? AND id > ? AND id <= ? AND written_at_ms <= "
                                + dialect.nowMs() + " - ? ORDER BY id DESC LIMIT 1",
                        parameters -> parameters
                                .add(lane)
                                .add(ids.after())
                                .add(ids.upTo())
                                .add(age.toMillis()),
                        Columns::nextLong)
                .orElse(ids.after());
    }

    Backlog backlog(Session session) throws SQLException {
        return session.one(
                        "SELECT (SELECT COUNT(*) FROM " + OutboxDialect.OUTBOX + "), " + oldestAgeMs()
                                + ", (SELECT COUNT(*) FROM " + OutboxDialect.PARKED + "), (SELECT COUNT(*) FROM "
                                + OutboxDialect.DUE + ")",
                        parameters -> {},
                        columns -> new Backlog(
                                columns.nextLong(),
                                Math.max(0, columns.nextLong()),
                                columns.nextLong(),
                                columns.nextLong()))
                .orElseThrow();
    }

    Load load(long countAtMost, Session session) throws SQLException {
        return session.one(
                        "SELECT (SELECT COUNT(*) FROM (SELECT id FROM " + OutboxDialect.OUTBOX
                                + " LIMIT ?) AS counted), " + oldestAgeMs(),
                        parameters -> parameters.add(countAtMost),
                        columns -> new Load(columns.nextLong(), Math.max(0, columns.nextLong())))
                .orElseThrow();
    }

    /** The oldest row is looked for among the first of each lane: no index on the time of writing has to be kept. */
    private String oldestAgeMs() {
        return "COALESCE(" + dialect.nowMs()
                + " - (SELECT MIN(first_ms) FROM (SELECT (SELECT o.written_at_ms FROM " + OutboxDialect.OUTBOX
                + " o WHERE o.lane = l.lane ORDER BY o.id LIMIT 1) AS first_ms FROM " + JdbcLaneStore.LANE
                + " l) AS firsts), 0)";
    }
}
