package io.reliablemq.outbox.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The outbox table. Rows are inserted and deleted, never updated.
 *
 * <p><b>Transaction</b>: {@link #insert}, {@link #delay} and {@link #cancel} run in the caller's. Every other call runs in a short one of its own at READ
 * COMMITTED and takes no lock on rows that it only reads.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}; the caller tries again later.
 */
public interface OutboxStore {

    /**
     * Writes the messages on the connection that is bound to the current transaction.
     *
     * @return one row per message, paired by message id, in no particular order
     */
    List<OutboxRow> insert(List<LaneMessage> messages);

    /**
     * Writes messages whose time has not come where no relay sends from, on the connection that is bound to the current
     * transaction.
     *
     * @param handOver how long before their delivery time they are moved to their lane
     */
    void delay(List<LaneMessage> messages, Duration handOver);

    /**
     * How long it is until {@link #moveDue} has something to do, by the database's clock, if nobody writes or cancels anything.
     *
     * @return milliseconds; zero or less when it has now, {@code Long.MAX_VALUE} when nothing is delayed
     */
    long untilDue();

    /**
     * Moves delayed messages to their lanes whose hand-over time has come, by the database's clock: in a transaction of its
     * own that waits for nobody. What a business transaction is just cancelling is passed over.
     *
     * @return how many were moved; {@code limit} means that there may be more
     */
    int moveDue(int limit);

    /**
     * Deletes the message if no broker can have it: delayed and not moved, or parked and proven unsent. On the connection
     * that is bound to the current transaction.
     *
     * @return whether it was there to delete
     */
    boolean cancel(UUID messageId);

    /**
     * The next rows of several lanes, in one round trip.
     *
     * @param afterByLane lane to the id after which to read, exclusive
     * @param limitPerLane at most that many rows of each lane
     * @return rows in the order of their ids, whatever their lanes
     */
    List<OutboxRow> readAfter(Map<Integer, Long> afterByLane, int limitPerLane);

    /**
     * The next rows of several lanes, shared out among the lanes as the store finds them fastest.
     *
     * @param limitPerLane at most that many rows of each lane on average
     */
    default Page readPage(Map<Integer, Long> afterByLane, int limitPerLane) {
        return Page.of(readAfter(afterByLane, limitPerLane), afterByLane.keySet(), limitPerLane);
    }

    /**
     * References only (no payload) of the rows in a range of each lane, in one round trip: how rows that were committed late,
     * below ids already read, are found.
     *
     * @param limitPerLane at most that many rows of each lane
     * @return of each lane in ascending id order
     */
    List<RowRef> scan(Map<Integer, IdRange> ranges, int limitPerLane);

    /**
     * {@link #readPage} and {@link #scan} as of one moment, in one round trip where the database can: for few lanes with few rows.
     *
     * @param behind not necessarily of all the lanes
     */
    default Surroundings look(
            Map<Integer, Long> afterByLane, int limitPerLane, Map<Integer, IdRange> behind, int refsPerLane) {
        return new Surroundings(
                readPage(afterByLane, limitPerLane), behind.isEmpty() ? List.of() : scan(behind, refsPerLane));
    }

    /** Those of the given rows that still exist, in the order of their ids, whatever their lanes. */
    List<OutboxRow> read(Collection<RowRef> refs);

    /**
     * Deletes rows whose messages the broker has stored, or moves them to the archive, whoever owns the lane. By explicit reference, never by range: a late
     * commit inside a range would be deleted unsent.
     *
     * @return how many rows were there to delete
     */
    int settle(Collection<RowRef> refs);

    /** Parks rows of which nobody knows whether an earlier attempt has stored them. */
    default boolean park(LaneClaim claim, Collection<RowRef> refs, String reason) {
        return park(claim, refs, Set.of(), reason);
    }

    /**
     * Moves rows to the parked table in one transaction, if the claim is still valid.
     *
     * @param unsent those of them that no attempt of any process may have stored: they can be cancelled
     * @param reason for operators; cut to what fits
     * @return false when the lane has another owner by now, and nothing was moved
     * @throws org.springframework.dao.DataAccessException also when an operator works on the lane at this moment
     */
    boolean park(LaneClaim claim, Collection<RowRef> refs, Set<RowRef> unsent, String reason);

    /**
     * Parks rows because an earlier one of their ordering key is parked. Where none is any more, because an operator has just
     * taken it out, the row is left in the outbox: parked alone it would wait for nobody.
     *
     * @param elsewhere other lanes that the earlier ones may be in
     */
    default boolean parkBehind(
            LaneClaim claim, Set<Integer> elsewhere, Collection<RowRef> refs, Set<RowRef> unsent, String reason) {
        return park(claim, refs, unsent, reason);
    }

    /**
     * The ordering keys of a lane that have parked messages, each with the lowest row id among them: what comes after it must
     * not overtake it.
     */
    Map<ParkedKey, Long> parkedKeys(int lane);

    /**
     * How far a lane is old: its highest row id that was written at least that long ago, by the database's clock, or 0. Ids are
     * given out in ascending order, so every id at or below was given out by then, even where its row is not visible yet.
     */
    long writtenBefore(int lane, Duration age);

    /**
     * The lowest row ids of ordering keys in some lanes, as of one moment: what comes after them in another lane must not overtake
     * them.
     *
     * @param below rows with this id or a higher one do not matter
     */
    Lowest lowest(Set<Integer> lanes, Set<String> orderingKeys, long below);

    /**
     * The id up to which no lane has more than that many waiting rows: how far a question about all of them does not cost much.
     *
     * @return {@link Long#MAX_VALUE} when none has more at all
     */
    long horizon(Set<Integer> lanes, int rows);

    /** Parked messages in the order of their ids, at most {@code limit}, for operators. */
    List<ParkedMessage> parked(int limit);

    /**
     * Puts parked messages back into their lane under their old row ids and message ids, so that they keep their place
     * before what was written later. The owner finds them with its next sweep, or with the next message of their key.
     *
     * @return how many were put back
     */
    int release(Collection<RowRef> refs);

    /** Topics that have taken a message before: for them "unknown topic" means an outage, not a mistake. */
    Set<String> knownTopics();

    /** Remembers a topic; harmless when it is known. */
    void rememberTopic(String topic);

    /** Everything that is there, counted: reads as much as there is. Ages by the database's clock. */
    Backlog backlog();

    /**
     * The same for a caller that only wants to know whether there are too many: reads no more rows than it must count.
     *
     * @param countAtMost where counting stops
     */
    Load load(long countAtMost);

    /** @param rows messages that wait for the broker, or the number at which counting stopped */
    record Load(long rows, long oldestAgeMs) {}

    /** Row ids with after &lt; id &lt;= upTo. */
    record IdRange(long after, long upTo) {}

    /**
     * @param rows of each lane all that follow up to its last one, in the order of their ids, whatever their lanes
     * @param ended the lanes that have no row after these
     */
    record Page(List<OutboxRow> rows, Set<Integer> ended) {

        /** A lane that does not fill its share has ended. */
        public static Page of(List<OutboxRow> rows, Set<Integer> lanes, int limitPerLane) {
            Map<Integer, Long> counts =
                    rows.stream().collect(Collectors.groupingBy(row -> row.ref().lane(), Collectors.counting()));
            return new Page(
                    rows,
                    lanes.stream()
                            .filter(lane -> counts.getOrDefault(lane, 0L) < limitPerLane)
                            .collect(Collectors.toSet()));
        }
    }

    /** @param behind references, of each lane in ascending id order */
    record Surroundings(Page page, List<RowRef> behind) {}

    /** Keys that have no such row in a lane are not there. */
    record Lowest(Map<KeyInLane, Long> waiting, Map<KeyInLane, Long> parked) {}

    /** An ordering key with its topic, in one of the lanes that it has rows in. */
    record KeyInLane(int lane, String topic, String orderingKey) {}

    /** An ordering key means something within one topic only. */
    record ParkedKey(String topic, String orderingKey) {}

    /**
     * @param rows messages that wait for the broker
     * @param oldestAgeMs age of the oldest of them, 0 when none waits
     * @param parked messages that the broker has refused, and those behind them
     * @param delayed messages that wait for their time and can still be cancelled
     */
    record Backlog(long rows, long oldestAgeMs, long parked, long delayed) {}

    /** @param parkedAtMs by the database's clock */
    record ParkedMessage(OutboxRow row, String reason, long parkedAtMs) {}
}
