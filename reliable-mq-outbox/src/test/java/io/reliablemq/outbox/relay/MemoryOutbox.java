package io.reliablemq.outbox.relay;

import com.fasterxml.uuid.Generators;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** An outbox table in memory, in which ids can be drawn before their rows appear. */
class MemoryOutbox implements OutboxStore {

    private final LaneLayout layout;
    private final Map<RowRef, OutboxRow> rows =
            new TreeMap<>(Comparator.comparingInt(RowRef::lane).thenComparingLong(RowRef::id));
    private final Map<RowRef, OutboxRow> parked =
            new TreeMap<>(Comparator.comparingInt(RowRef::lane).thenComparingLong(RowRef::id));
    private final Queue<OutboxRow> due = new ArrayDeque<>();
    private final Set<RowRef> unsent = new LinkedHashSet<>();
    private final Set<String> topics = ConcurrentHashMap.newKeySet();
    private long nextId = 1;

    /** Calls that modify a table. */
    final AtomicInteger modifications = new AtomicInteger();

    /** Calls that park, whatever comes of them. */
    final AtomicInteger parkings = new AtomicInteger();

    /** Calls that read payloads. */
    final AtomicInteger rowsRead = new AtomicInteger();

    /** Questions about other lanes. */
    final AtomicInteger lowestAsked = new AtomicInteger();

    final AtomicInteger topicsRead = new AtomicInteger();
    final AtomicInteger scans = new AtomicInteger();

    /** The row ids above it were looked for by scans. */
    volatile long scannedAfter = Long.MAX_VALUE;

    /** The highest row id that was written long ago. */
    volatile long old;

    final AtomicInteger dueLooks = new AtomicInteger();
    final AtomicInteger dueMoves = new AtomicInteger();

    volatile boolean broken;

    /** Reading payloads waits for this; null lets it pass. */
    volatile CountDownLatch hang;

    /** Deleting waits for this; null lets it pass. */
    volatile CountDownLatch hangSettling;

    MemoryOutbox(int lanes) {
        layout = new LaneLayout(lanes);
    }

    /** A row whose transaction has drawn its id and is not committed. */
    synchronized OutboxRow draw(String topic, String orderingKey) {
        OutgoingMessage message = new OutgoingMessage(
                Generators.timeBasedEpochGenerator().generate(),
                topic,
                null,
                null,
                orderingKey,
                "text/plain",
                new byte[10],
                Map.of(),
                System.currentTimeMillis(),
                0);
        long id = nextId++;
        int lane = orderingKey == null ? (int) (id % layout.lanes()) : layout.laneOf(orderingKey);
        return new OutboxRow(new RowRef(lane, id, message.id()), message);
    }

    /** All or nothing. */
    synchronized void commit(OutboxRow... drawn) {
        for (OutboxRow row : drawn) {
            rows.put(row.ref(), row);
        }
    }

    synchronized OutboxRow write(String topic, String orderingKey) {
        OutboxRow row = draw(topic, orderingKey);
        commit(row);
        return row;
    }

    synchronized List<OutboxRow> write(int count, String topic, String orderingKey) {
        List<OutboxRow> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            written.add(write(topic, orderingKey));
        }
        return written;
    }

    synchronized int size() {
        return rows.size();
    }

    synchronized List<OutboxRow> parkedRows() {
        return List.copyOf(parked.values());
    }

    private void answer() {
        if (broken) {
            throw new IllegalStateException("the database is down");
        }
    }

    @Override
    public List<OutboxRow> insert(List<LaneMessage> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delay(List<LaneMessage> messages, Duration handOver) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized long untilDue() {
        answer();
        dueLooks.incrementAndGet();
        return due.isEmpty() ? Long.MAX_VALUE : 0;
    }

    @Override
    public synchronized int moveDue(int limit) {
        answer();
        dueMoves.incrementAndGet();
        int moved = 0;
        for (; moved < limit && !due.isEmpty(); moved++) {
            commit(due.remove());
        }
        return moved;
    }

    /** A delayed row whose hand-over time has come. */
    synchronized OutboxRow writeDue(String topic) {
        OutboxRow row = draw(topic, null);
        due.add(row);
        return row;
    }

    @Override
    public boolean cancel(UUID messageId) {
        throw new UnsupportedOperationException();
    }

    /** Those of the parked that no attempt may have stored. */
    synchronized List<UUID> unsent() {
        return unsent.stream().map(RowRef::messageId).toList();
    }

    @Override
    public List<OutboxRow> readAfter(Map<Integer, Long> afterByLane, int limitPerLane) {
        pass(hang);
        return readNow(afterByLane, limitPerLane);
    }

    private static void pass(CountDownLatch gate) {
        if (gate != null) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private synchronized List<OutboxRow> readNow(Map<Integer, Long> afterByLane, int limitPerLane) {
        answer();
        List<OutboxRow> found = new ArrayList<>();
        afterByLane.forEach((lane, after) -> rows.values().stream()
                .filter(row -> row.ref().lane() == lane && row.ref().id() > after)
                .limit(limitPerLane)
                .forEach(found::add));
        found.sort(Comparator.comparingLong(row -> row.ref().id()));
        rowsRead.addAndGet(found.size());
        return found;
    }

    @Override
    public synchronized List<RowRef> scan(Map<Integer, IdRange> ranges, int limitPerLane) {
        answer();
        scans.addAndGet(ranges.size());
        ranges.values().forEach(range -> scannedAfter = Math.min(scannedAfter, range.after()));
        return ranges.entrySet().stream()
                .flatMap(range -> rows.keySet().stream()
                        .filter(ref -> ref.lane() == range.getKey()
                                && ref.id() > range.getValue().after()
                                && ref.id() <= range.getValue().upTo())
                        .limit(limitPerLane))
                .toList();
    }

    @Override
    public synchronized List<OutboxRow> read(Collection<RowRef> refs) {
        answer();
        rowsRead.addAndGet(refs.size());
        return rows.values().stream().filter(row -> refs.contains(row.ref())).toList();
    }

    @Override
    public int settle(Collection<RowRef> refs) {
        pass(hangSettling);
        return settleNow(refs);
    }

    private synchronized int settleNow(Collection<RowRef> refs) {
        answer();
        modifications.incrementAndGet();
        int before = rows.size();
        refs.forEach(rows::remove);
        return before - rows.size();
    }

    @Override
    public synchronized boolean park(
            LaneClaim claim, Collection<RowRef> refs, Set<RowRef> provenUnsent, String reason) {
        parkings.incrementAndGet();
        answer();
        if (refs.stream().anyMatch(ref -> ref.lane() != claim.lane())) {
            throw new IllegalArgumentException(claim + " does not cover " + refs);
        }
        unsent.addAll(provenUnsent);
        modifications.incrementAndGet();
        move(refs, rows, parked);
        return true;
    }

    @Override
    public synchronized int release(Collection<RowRef> refs) {
        return move(refs, parked, rows);
    }

    private static int move(Collection<RowRef> refs, Map<RowRef, OutboxRow> from, Map<RowRef, OutboxRow> to) {
        int moved = 0;
        for (RowRef ref : refs) {
            OutboxRow row = from.remove(ref);
            if (row != null) {
                to.put(ref, row);
                moved++;
            }
        }
        return moved;
    }

    @Override
    public synchronized Map<ParkedKey, Long> parkedKeys(int lane) {
        answer();
        return parked.values().stream()
                .filter(row -> row.ref().lane() == lane && row.message().orderingKey() != null)
                .collect(Collectors.toMap(
                        row -> new ParkedKey(
                                row.message().topic(), row.message().orderingKey()),
                        row -> row.ref().id(),
                        Math::min));
    }

    @Override
    public long writtenBefore(int lane, Duration age) {
        return old;
    }

    @Override
    public synchronized Lowest lowest(Set<Integer> lanes, Set<String> orderingKeys, long below) {
        answer();
        lowestAsked.incrementAndGet();
        return new Lowest(lowest(rows, lanes, orderingKeys, below), lowest(parked, lanes, orderingKeys, below));
    }

    @Override
    public synchronized long horizon(Set<Integer> lanes, int limit) {
        answer();
        return lanes.stream()
                .mapToLong(lane -> rows.keySet().stream()
                        .filter(ref -> ref.lane() == lane)
                        .skip(limit)
                        .mapToLong(RowRef::id)
                        .findFirst()
                        .orElse(Long.MAX_VALUE))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static Map<KeyInLane, Long> lowest(
            Map<RowRef, OutboxRow> from, Set<Integer> lanes, Set<String> orderingKeys, long below) {
        return from.values().stream()
                .filter(row -> lanes.contains(row.ref().lane()) && row.ref().id() < below)
                .filter(row -> row.message().orderingKey() != null
                        && orderingKeys.contains(row.message().orderingKey()))
                .collect(Collectors.toMap(
                        row -> new KeyInLane(
                                row.ref().lane(),
                                row.message().topic(),
                                row.message().orderingKey()),
                        row -> row.ref().id(),
                        Math::min));
    }

    @Override
    public synchronized List<ParkedMessage> parked(int limit) {
        return parked.values().stream()
                .limit(limit)
                .map(row -> new ParkedMessage(row, "", 0))
                .toList();
    }

    @Override
    public Set<String> knownTopics() {
        answer();
        topicsRead.incrementAndGet();
        return new HashSet<>(topics);
    }

    @Override
    public void rememberTopic(String topic) {
        answer();
        topics.add(topic);
    }

    @Override
    public synchronized Load load(long countAtMost) {
        return new Load(Math.min(rows.size(), countAtMost), 0);
    }

    @Override
    public synchronized Backlog backlog() {
        return new Backlog(rows.size(), 0, parked.size(), 0);
    }
}
