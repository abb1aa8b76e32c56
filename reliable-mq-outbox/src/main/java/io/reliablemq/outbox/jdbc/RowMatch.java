package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.RowRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * An SQL condition that is true for rows with one of the listed ids <em>and</em> one of the listed message ids.
 *
 * <p>Outside PostgreSQL a row that pairs the id of one reference with the message of another would match too. That is safe: its
 * message is on the list, so what is done (delete it because the broker has it, park it, release it) is meant for it. In return
 * the primary key is used as a plain list of ids.
 */
record RowMatch(String source, String template, Session.Binding binding) {

    private static final String TABLE = "$table";

    static final Comparator<RowRef> BY_LANE_AND_ID =
            Comparator.comparingInt(RowRef::lane).thenComparingLong(RowRef::id);

    private static final int UUID_BYTES = 16;
    private static final int MAX_LISTED = 500;
    private static final int MAX_JOINED = 200;
    private static final int MAX_IN_ARRAY = 10_000;

    /** Always in ascending order, so that two processes with the same rows wait for each other instead of deadlocking. */
    static List<RowMatch> of(Collection<RowRef> refs, OutboxDialect dialect) {
        List<RowRef> sorted = refs.stream().sorted(BY_LANE_AND_ID).distinct().toList();
        return switch (dialect) {
            case POSTGRESQL ->
                byLane(sorted).values().stream()
                        .flatMap(lane -> eachIdOnce(lane).stream())
                        .flatMap(lane -> chunks(lane, MAX_IN_ARRAY).stream())
                        .map(RowMatch::array)
                        .toList();
            case MYSQL, MARIADB ->
                chunks(sorted, MAX_LISTED).stream().map(RowMatch::anyLane).toList();
            // H2 uses no index for conditions joined by OR
            case H2 ->
                byLane(sorted).values().stream()
                        .flatMap(lane -> chunks(lane, MAX_LISTED).stream())
                        .map(RowMatch::oneLane)
                        .toList();
        };
    }

    /**
     * The same for rows whose ids lie close together, as what is settled of a backlog does. On PostgreSQL the rows of all lanes lie
     * in the order of their ids: one range of ids of all lanes visits each block of the table once instead of once for each lane.
     * Nothing in the range is met but what is listed.
     */
    static List<RowMatch> ofNeighbours(Collection<RowRef> refs, OutboxDialect dialect) {
        if (dialect == OutboxDialect.POSTGRESQL && refs.size() > 1 && refs.size() <= MAX_IN_ARRAY) {
            List<RowRef> byId = new ArrayList<>(refs);
            byId.sort(Comparator.comparingLong(RowRef::id));
            long span = byId.get(byId.size() - 1).id() - byId.get(0).id();
            if (span <= 4L * byId.size() && isOneForEachId(byId)) {
                Integer[] lanes = byId.stream().map(RowRef::lane).distinct().toArray(Integer[]::new);
                if (lanes.length > 1) {
                    return List.of(range(byId, lanes));
                }
            }
        }
        return of(refs, dialect);
    }

    private static boolean isOneForEachId(List<RowRef> byId) {
        for (int i = 1; i < byId.size(); i++) {
            if (byId.get(i).id() == byId.get(i - 1).id()) {
                return false;
            }
        }
        return true;
    }

    /**
     * The message ids stand at the places of their row ids, sixteen bytes each; zeros stand for rows that are not listed. Measured,
     * in microseconds of the server for each row that is deleted 2,000 at a time: 1.4 to 2.3, and 2.0 to 3.2 with lists of both
     * ids, of which the driver sends the one of UUIDs as text.
     */
    private static RowMatch range(List<RowRef> byId, Integer[] lanes) {
        long first = byId.get(0).id();
        long last = byId.get(byId.size() - 1).id();
        ByteBuffer messageIds = ByteBuffer.allocate(Math.toIntExact(last - first + 1) * UUID_BYTES);
        for (RowRef ref : byId) {
            messageIds.position(Math.toIntExact(ref.id() - first) * UUID_BYTES);
            put(ref.messageId(), messageIds);
        }
        return new RowMatch(
                "",
                "lane = ANY (CAST(? AS int[])) AND id >= ? AND id <= ?"
                        + " AND uuid_send(message_id) = substring(? FROM CAST(id - ? AS int) * 16 + 1 FOR 16)",
                parameters -> parameters
                        .add("int4", lanes)
                        .add(first)
                        .add(last)
                        .add(messageIds.array())
                        .add(first));
    }

    private static void put(UUID id, ByteBuffer bytes) {
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    /**
     * Rows of the parked table, whose primary key ends with the message id. MySQL would look up each id with each message id, and
     * scans instead when those are many, or the table is small (tried); a scan that deletes waits for rows that a business
     * transaction is just cancelling.
     */
    static List<RowMatch> parked(Collection<RowRef> refs, OutboxDialect dialect) {
        if (!dialect.isMySqlFamily()) {
            return of(refs, dialect);
        }
        List<RowRef> sorted = refs.stream().sorted(BY_LANE_AND_ID).distinct().toList();
        return chunks(sorted, MAX_JOINED).stream().map(RowMatch::joined).toList();
    }

    private static RowMatch joined(List<RowRef> refs) {
        String first = "SELECT ? AS its_lane, ? AS its_id, ? AS its_message";
        String others = " UNION ALL SELECT ?, ?, ?".repeat(refs.size() - 1);
        return new RowMatch(
                "(" + first + others + ") AS r STRAIGHT_JOIN " + TABLE
                        + " FORCE INDEX (PRIMARY) ON lane = its_lane AND id = its_id" + " AND message_id = its_message",
                "1 = 1",
                parameters -> {
                    for (RowRef ref : refs) {
                        parameters.add(ref.lane()).add(ref.id()).add(ref.messageId());
                    }
                });
    }

    /** SQL that begins with FROM and ends with a condition, with the primary key as the way to the rows. */
    String rows(String table, OutboxDialect dialect) {
        String from = source.isEmpty() ? dialect.byPrimaryKey(table) : source.replace(TABLE, table);
        return " FROM " + from + " WHERE (" + template.replace(TABLE, table) + ")";
    }

    String delete(String table, OutboxDialect dialect) {
        return (dialect.isMySqlFamily() ? "DELETE " + table : "DELETE") + rows(table, dialect);
    }

    /** The condition alone. */
    String sql(String table) {
        return template.replace(TABLE, table);
    }

    /**
     * The ids find the rows by the primary key; the message id that belongs to an id stands at the same place among the others,
     * which a binary search finds. Measured, in microseconds of the server for each row that is deleted 2,000 at a time:
     * 1.9 by lane and ids alone, 2.9 with the message ids as an array that is indexed so, 3.8 with them as a plain list, 5.7 as a
     * join with three arrays; in one row of bytes they cost 0.5 less than in the array, which the driver sends as text. A join
     * also reads all of a backlog that has grown since the last ANALYZE (tried); a list of ids is looked up in the index.
     */
    private static RowMatch array(List<RowRef> refs) {
        // PostgreSQL's driver sends an array of this type in binary, and one of type Object as text
        Long[] ids = refs.stream().map(RowRef::id).toArray(Long[]::new);
        ByteBuffer messageIds = ByteBuffer.allocate(ids.length * UUID_BYTES);
        refs.forEach(ref -> put(ref.messageId(), messageIds));
        return new RowMatch(
                "",
                "lane = ? AND id = ANY (CAST(? AS bigint[])) AND uuid_send(message_id)"
                        + " = substring(? FROM (width_bucket(id, CAST(? AS bigint[])) - 1) * 16 + 1 FOR 16)",
                parameters -> parameters
                        .add(refs.get(0).lane())
                        .add("int8", ids)
                        .add(messageIds.array())
                        .add("int8", ids));
    }

    /** After a database was restored to an older point an id may stand for two messages, one of them parked before. */
    private static List<List<RowRef>> eachIdOnce(List<RowRef> lane) {
        List<RowRef> first = new ArrayList<>(lane.size());
        List<RowRef> again = new ArrayList<>();
        for (RowRef ref : lane) {
            boolean known = !first.isEmpty() && first.get(first.size() - 1).id() == ref.id();
            (known ? again : first).add(ref);
        }
        List<List<RowRef>> lists = new ArrayList<>(List.of(first));
        if (!again.isEmpty()) {
            lists.addAll(eachIdOnce(again));
        }
        return lists;
    }

    private static RowMatch anyLane(List<RowRef> refs) {
        List<RowMatch> lanes =
                byLane(refs).values().stream().map(RowMatch::oneLane).toList();
        return new RowMatch(
                "", lanes.stream().map(RowMatch::template).collect(Collectors.joining(" OR ")), parameters -> {
                    for (RowMatch lane : lanes) {
                        parameters.add(lane.binding());
                    }
                });
    }

    private static RowMatch oneLane(List<RowRef> refs) {
        String list = RowInsert.placeholders(refs.size());
        return new RowMatch("", "(lane = ? AND id IN (" + list + ") AND message_id IN (" + list + "))", parameters -> {
            parameters.add(refs.get(0).lane());
            for (RowRef ref : refs) {
                parameters.add(ref.id());
            }
            for (RowRef ref : refs) {
                parameters.add(ref.messageId());
            }
        });
    }

    private static SortedMap<Integer, List<RowRef>> byLane(List<RowRef> refs) {
        return refs.stream().collect(Collectors.groupingBy(RowRef::lane, TreeMap::new, Collectors.toList()));
    }

    private static List<List<RowRef>> chunks(List<RowRef> refs, int size) {
        List<List<RowRef>> chunks = new ArrayList<>();
        for (int from = 0; from < refs.size(); from += size) {
            chunks.add(refs.subList(from, Math.min(refs.size(), from + size)));
        }
        return chunks;
    }
}
