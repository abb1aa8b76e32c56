package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OperatorStore.Span;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The way from the archive back into the outbox. */
final class ReplayRows {

    private static final String OUTBOX = OutboxDialect.OUTBOX;
    private static final String ARCHIVE = OutboxDialect.ARCHIVE;

    private final OutboxDialect dialect;
    private final ArchiveRows archive;

    ReplayRows(OutboxDialect dialect, ArchiveRows archive) {
        this.dialect = dialect;
        this.archive = archive;
    }

    /** An archived message without its content, of so many bytes. */
    record Row(long seq, int lane, UUID messageId, @Nullable String orderingKey, long bytes) {

        int target(LaneLayout layout) {
            return orderingKey == null ? lane % layout.lanes() : layout.laneOf(orderingKey);
        }
    }

    /** By the index on the time: of clocks that jump the numbers are not in its order. */
    Span span(Archived which, Session session) throws SQLException {
        return session.one(
                        "SELECT MIN(seq) - 1, MAX(seq) FROM " + ARCHIVE
                                + " WHERE archived_at_ms >= ? AND archived_at_ms < ?",
                        parameters -> parameters.add(which.fromMs()).add(which.toMs()),
                        columns -> new Span(columns.nextLong(), columns.nextLong()))
                .orElseThrow();
    }

    long count(Archived which, Session session) throws SQLException {
        return session.one(
                        "SELECT COUNT(*) FROM " + ARCHIVE + " WHERE archived_at_ms >= ? AND archived_at_ms < ?"
                                + conditions(which),
                        parameters ->
                                parameters.add(which.fromMs()).add(which.toMs()).add(values(which)),
                        Columns::nextLong)
                .orElseThrow();
    }

    /** In the order of their numbers. The time is no bare column here, or PostgreSQL may sort the whole range for each batch. */
    List<Row> next(Archived which, Span span, int limit, Session session) throws SQLException {
        return session.query(
                "SELECT seq, lane, message_id, ordering_key, " + OutboxDialect.bytesOf("payload") + " FROM "
                        + dialect.byPrimaryKey(ARCHIVE)
                        + " WHERE seq > ? AND seq <= ? AND archived_at_ms + 0 >= ? AND archived_at_ms + 0 < ?"
                        + conditions(which) + " ORDER BY seq LIMIT ?",
                parameters -> parameters
                        .add(span.after())
                        .add(span.upTo())
                        .add(which.fromMs())
                        .add(which.toMs())
                        .add(values(which))
                        .add(limit),
                columns -> new Row(
                        columns.nextLong(),
                        columns.nextInt(),
                        columns.nextUuid(),
                        columns.nextTextOrNull(),
                        columns.nextLong()));
    }

    /** The first of them, together as large as that or a little larger. */
    static List<Row> first(List<Row> rows, long bytes) {
        int count = 0;
        long sum = 0;
        while (count < rows.size() && sum < bytes) {
            sum += rows.get(count++).bytes();
        }
        return rows.subList(0, count);
    }

    /**
     * Rows that this transaction has locked.
     *
     * @param all whether the others are gone; else somebody else is at the one that comes after these
     */
    record Mine(List<Row> rows, boolean all) {}

    /**
     * Locks rows, and waits for nobody: who has some of them may have been stopped. A later message of a key must not come before an
     * earlier one that somebody else has, so it ends there. The first one by itself: of two that replay the same one goes on.
     *
     * @param rows ascending
     */
    Mine lock(List<Row> rows, Session session) throws SQLException {
        Mine first = lockTogether(rows.subList(0, Math.min(1, rows.size())), session);
        return first.all() ? lockTogether(rows, session) : first;
    }

    private Mine lockTogether(List<Row> rows, Session session) throws SQLException {
        if (rows.isEmpty()) {
            return new Mine(rows, true);
        }
        Set<Long> mine = new HashSet<>(archive.lock(numbers(rows), session));
        List<Long> missing =
                numbers(rows).stream().filter(seq -> !mine.contains(seq)).toList();
        Set<Long> others = missing.isEmpty() ? Set.of() : Set.copyOf(archive.present(missing, session));
        return new Mine(
                rows.stream()
                        .takeWhile(row -> !others.contains(row.seq()))
                        .filter(row -> mine.contains(row.seq()))
                        .toList(),
                others.isEmpty());
    }

    private static List<Long> numbers(List<Row> rows) {
        return rows.stream().map(Row::seq).toList();
    }

    /** New row ids: the relay reads on from there, and a lane may have another number by now. */
    void moveBack(List<Row> mine, LaneLayout layout, Session session) throws SQLException {
        Map<Integer, List<Long>> byLane = mine.stream()
                .collect(Collectors.groupingBy(
                        row -> row.target(layout), TreeMap::new, Collectors.mapping(Row::seq, Collectors.toList())));
        for (Map.Entry<Integer, List<Long>> lane : byLane.entrySet()) {
            session.update(
                    "INSERT INTO " + OUTBOX + " (" + MessageColumns.WITHOUT_ID + ", returned) SELECT " + lane.getKey()
                            + ", " + MessageColumns.WITHOUT_PLACE + ", TRUE FROM " + dialect.byPrimaryKey(ARCHIVE)
                            + " WHERE " + ArchiveRows.listed(lane.getValue()) + " ORDER BY id, seq",
                    ArchiveRows.bind(lane.getValue()));
            archive.delete(lane.getValue(), session);
        }
    }

    private static String conditions(Archived which) {
        return " AND outcome = ?" + (which.topic() == null ? "" : " AND topic = ?");
    }

    private static Session.Binding values(Archived which) {
        return parameters -> {
            parameters.add(which.fate().name());
            if (which.topic() != null) {
                parameters.add(which.topic());
            }
        };
    }
}
