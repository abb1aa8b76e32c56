package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What operators look for in the parked table. Reads without locks. */
final class ParkedSearch {

    private static final String PARKED = OutboxDialect.PARKED;
    private static final String PLACE = MessageColumns.REFERENCE + ", topic, ordering_key";
    private static final String OF_KEY = "(topic = ? AND ordering_key = ? AND id >= ?)";
    private static final int KEYS = 100;

    private final OutboxDialect dialect;

    ParkedSearch(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    List<ParkedMessage> page(Parked which, @Nullable ParkedMessage after, int limit, Session session)
            throws SQLException {
        long row = after == null ? -1 : after.row();
        int lane = after == null ? -1 : after.lane();
        return session.query(
                "SELECT id, lane, message_id, topic, tag, message_key, ordering_key, content_type, "
                        + OutboxDialect.bytesOf("payload") + ", headers, reason, parked_at_ms, unsent FROM " + PARKED
                        + " WHERE (id > ? OR (id = ? AND lane > ?))" + conditions(which) + " ORDER BY id, lane LIMIT ?",
                parameters -> parameters
                        .add(row)
                        .add(row)
                        .add(lane)
                        .add(values(which))
                        .add(limit),
                ParkedSearch::message);
    }

    private static ParkedMessage message(Columns columns) throws SQLException {
        long row = columns.nextLong();
        int lane = columns.nextInt();
        UUID id = columns.nextUuid();
        return new ParkedMessage(
                id,
                columns.nextText(),
                columns.nextTextOrNull(),
                columns.nextTextOrNull(),
                columns.nextTextOrNull(),
                columns.nextText(),
                columns.nextInt(),
                MessageColumns.headers(new RowRef(lane, row, id), columns.nextText()),
                columns.nextText(),
                columns.nextLong(),
                columns.nextBoolean(),
                lane,
                row);
    }

    long count(Parked which, Session session) throws SQLException {
        return session.one(
                        "SELECT COUNT(*) FROM " + PARKED + " WHERE 1 = 1" + conditions(which),
                        values(which),
                        Columns::nextLong)
                .orElseThrow();
    }

    /** @param key null without an order */
    record Place(RowRef ref, @Nullable ParkedKey key) {}

    /** In the order in which they will go. */
    List<Place> places(Parked which, int limit, Session session) throws SQLException {
        return session.query(
                "SELECT " + PLACE + " FROM " + PARKED + " WHERE 1 = 1" + conditions(which)
                        + " ORDER BY id, lane LIMIT ?",
                parameters -> parameters.add(values(which)).add(limit),
                ParkedSearch::place);
    }

    private static Place place(Columns columns) throws SQLException {
        RowRef ref = MessageColumns.reference(columns);
        String topic = columns.nextText();
        String key = columns.nextTextOrNull();
        return new Place(ref, key == null ? null : new ParkedKey(topic, key));
    }

    /** Those given and what is behind them, of each ordering key; by the index on it. */
    List<RowRef> followers(List<Place> places, int limit, Session session) throws SQLException {
        Map<ParkedKey, Long> lowest = new LinkedHashMap<>();
        for (Place place : places) {
            if (place.key() != null) {
                lowest.merge(place.key(), place.ref().id(), Math::min);
            }
        }
        List<Map.Entry<ParkedKey, Long>> keys = List.copyOf(lowest.entrySet());
        List<RowRef> followers = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += KEYS) {
            List<Map.Entry<ParkedKey, Long>> some = keys.subList(from, Math.min(keys.size(), from + KEYS));
            followers.addAll(session.query(
                    "SELECT " + MessageColumns.REFERENCE + " FROM " + PARKED + " WHERE "
                            + String.join(" OR ", Collections.nCopies(some.size(), OF_KEY))
                            + " ORDER BY id, lane LIMIT ?",
                    parameters -> {
                        for (Map.Entry<ParkedKey, Long> one : some) {
                            ParkedKey key = one.getKey();
                            parameters.add(key.topic()).add(key.orderingKey()).add(one.getValue());
                        }
                        parameters.add(limit);
                    },
                    MessageColumns::reference));
        }
        return followers;
    }

    /** A parked message, and whether it is certain that no broker has it. */
    record Found(OutboxRow row, boolean unsent) {

        RowRef ref() {
            return row.ref();
        }

        OutgoingMessage message() {
            return row.message();
        }
    }

    Optional<Found> find(UUID messageId, Session session) throws SQLException {
        return session.one(
                "SELECT " + MessageColumns.ALL + ", unsent FROM " + PARKED + " WHERE message_id = ? ORDER BY id",
                parameters -> parameters.add(messageId),
                columns -> new Found(MessageColumns.row(columns), columns.nextBoolean()));
    }

    /** Those that have an earlier message of their key in the table which is not among the given ones. */
    List<RowRef> blocked(List<RowRef> rows, Session session) throws SQLException {
        record Ordered(Place place, long earlier) {}
        List<Ordered> ordered = new ArrayList<>();
        for (RowMatch match : RowMatch.parked(rows, dialect)) {
            ordered.addAll(session.query(
                    "SELECT " + PLACE + ", (SELECT COUNT(*)"
                            + ParkedRows.earlierParked(PARKED) + ")" + match.rows(PARKED, dialect)
                            + " AND ordering_key IS NOT NULL",
                    match.binding(),
                    columns -> new Ordered(place(columns), columns.nextLong())));
        }
        ordered.sort(Comparator.comparingLong(one -> one.place().ref().id()));
        Map<ParkedKey, Long> before = new HashMap<>();
        List<RowRef> blocked = new ArrayList<>();
        for (Ordered one : ordered) {
            ParkedKey key = Objects.requireNonNull(one.place().key(), "ordering key");
            if (one.earlier() > before.merge(key, 1L, Long::sum) - 1) {
                blocked.add(one.place().ref());
            }
        }
        return blocked;
    }

    private static String conditions(Parked which) {
        return (which.topic() == null ? "" : " AND topic = ?")
                + (which.orderingKey() == null ? "" : " AND ordering_key = ?")
                + (which.messageId() == null ? "" : " AND message_id = ?")
                + (which.reason() == null
                        ? ""
                        : " AND (reason LIKE ? ESCAPE '!' OR EXISTS (SELECT 1" + ParkedRows.earlierParked(PARKED)
                                + " AND e.reason LIKE ? ESCAPE '!'))");
    }

    private static Session.Binding values(Parked which) {
        return parameters -> {
            if (which.topic() != null) {
                parameters.add(which.topic());
            }
            if (which.orderingKey() != null) {
                parameters.add(which.orderingKey());
            }
            if (which.messageId() != null) {
                parameters.add(which.messageId());
            }
            if (which.reason() != null) {
                String pattern = "%" + which.reason().replaceAll("([!%_])", "!$1") + "%";
                parameters.add(pattern).add(pattern);
            }
        };
    }
}
