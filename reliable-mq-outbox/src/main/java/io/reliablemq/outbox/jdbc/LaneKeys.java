package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore.Survey;
import io.reliablemq.outbox.spi.OutboxStore.KeyInLane;
import io.reliablemq.outbox.spi.OutboxStore.Lowest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which ordering keys have rows in which lanes. Reads without locks, along the primary key: there is no index on the key. */
final class LaneKeys {

    private static final String PARKED = OutboxDialect.PARKED;
    /** MariaDB makes a join out of a longer list. */
    static final int MOST_KEYS = 500;

    private final String outbox;

    LaneKeys(OutboxDialect dialect) {
        this.outbox = dialect.byPrimaryKey(OutboxDialect.OUTBOX);
    }

    /** One statement, so that a row which is just parked or released is seen on one side. */
    void lowest(Collection<Integer> lanes, List<String> orderingKeys, long below, Lowest lowest, Session session)
            throws SQLException {
        String where = " WHERE lane IN (" + RowInsert.placeholders(lanes.size()) + ") AND id < ? AND ordering_key IN ("
                + RowInsert.placeholders(orderingKeys.size()) + ") GROUP BY lane, topic, ordering_key";
        Session.Binding binding = parameters -> {
            for (int lane : lanes) {
                parameters.add(lane);
            }
            parameters.add(below);
            for (String key : orderingKeys) {
                parameters.add(key);
            }
        };
        session.query(
                "SELECT 0, lane, topic, ordering_key, MIN(id) FROM " + outbox + where
                        + " UNION ALL SELECT 1, lane, topic, ordering_key, MIN(id) FROM " + PARKED + where,
                parameters -> parameters.add(binding).add(binding),
                columns -> {
                    Map<KeyInLane, Long> found = columns.nextInt() == 0 ? lowest.waiting() : lowest.parked();
                    KeyInLane key = new KeyInLane(columns.nextInt(), columns.nextText(), columns.nextText());
                    return found.put(key, columns.nextLong()) == null;
                });
    }

    long horizon(Collection<Integer> lanes, int rows, Session session) throws SQLException {
        String oneLane = "(SELECT id FROM " + outbox + " WHERE lane = ? ORDER BY id LIMIT 1 OFFSET " + rows + ")";
        return session
                .query(
                        String.join(" UNION ALL ", Collections.nCopies(lanes.size(), oneLane)),
                        parameters -> {
                            for (int lane : lanes) {
                                parameters.add(lane);
                            }
                        },
                        Columns::nextLong)
                .stream()
                .mapToLong(id -> id)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    static Lowest none() {
        return new Lowest(new HashMap<>(), new HashMap<>());
    }

    private record Keyed(int lane, long id, @Nullable String orderingKey) {

        boolean isMisplaced(LaneLayout layout) {
            return orderingKey != null && layout.laneOf(orderingKey) != lane;
        }
    }

    Survey survey(Survey from, int rows, Session session) throws SQLException {
        Survey at = from.lane() < 0 ? inNextLane(from, session) : from;
        for (int left = rows; left > 0 && !at.ended(); ) {
            List<Keyed> page = page(at, left, session);
            long misplaced = at.misplaced() + misplaced(page, from.layout());
            if (page.size() < left) {
                at = inNextLane(new Survey(at.layout(), at.lane(), 0, misplaced, false), session);
            } else {
                at = new Survey(at.layout(), at.lane(), page.get(left - 1).id(), misplaced, false);
            }
            left -= page.size();
        }
        return at;
    }

    private Survey inNextLane(Survey at, Session session) throws SQLException {
        Optional<Integer> next = laneFrom(at.lane() + 1, session);
        return new Survey(at.layout(), next.orElse(at.lane()), 0, at.misplaced(), next.isEmpty());
    }

    private List<Keyed> page(Survey at, int limit, Session session) throws SQLException {
        return session.query(
                "SELECT lane, id, ordering_key FROM " + outbox + " WHERE lane = ? AND id > ? ORDER BY id LIMIT ?",
                parameters -> parameters.add(at.lane()).add(at.id()).add(limit),
                LaneKeys::keyed);
    }

    private static Keyed keyed(Columns columns) throws SQLException {
        return new Keyed(columns.nextInt(), columns.nextLong(), columns.nextTextOrNull());
    }

    private static long misplaced(List<Keyed> rows, LaneLayout layout) {
        return rows.stream().filter(row -> row.isMisplaced(layout)).count();
    }

    /** All of them: parked messages are few, as a rule. */
    long misplacedParked(LaneLayout layout, Session session) throws SQLException {
        return misplaced(
                session.query(
                        "SELECT lane, id, ordering_key FROM " + PARKED + " WHERE ordering_key IS NOT NULL",
                        parameters -> {},
                        LaneKeys::keyed),
                layout);
    }

    /** The first lane from this one on that has a waiting row. */
    Optional<Integer> laneFrom(int lane, Session session) throws SQLException {
        return session.one(
                "SELECT lane FROM " + outbox + " WHERE lane >= ? ORDER BY lane, id LIMIT 1",
                parameters -> parameters.add(lane),
                Columns::nextInt);
    }

    boolean isEmpty(int lane, Session session) throws SQLException {
        for (String table : List.of(outbox, PARKED)) {
            if (session.one(
                            "SELECT lane FROM " + table + " WHERE lane = ? ORDER BY lane, id LIMIT 1",
                            parameters -> parameters.add(lane),
                            Columns::nextInt)
                    .isPresent()) {
                return false;
            }
        }
        return true;
    }

    static List<List<String>> chunks(Collection<String> orderingKeys) {
        List<String> all = List.copyOf(orderingKeys);
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST_KEYS) {
            chunks.add(all.subList(from, Math.min(all.size(), from + MOST_KEYS)));
        }
        return chunks;
    }
}
