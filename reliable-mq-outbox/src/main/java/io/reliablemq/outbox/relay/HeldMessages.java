package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.HeldMessage.State;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelaySettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All rows in memory, by message id, by topic and by ordering key. Bounded; touched by the loop's thread only. */
final class HeldMessages {

    /** A topic in outage has one of so many parts. */
    private static final int OUTAGE_SHARE = 32;
    /** And one that its broker throttles: it sends what it has, and then all that was passed of it has to be read again. */
    private static final int THROTTLED_SHARE = 8;

    /** A topic that has less than one of so many has little to send. */
    private static final int LITTLE = 8 * OUTAGE_SHARE;

    /** What is stuck, of whatever topic, has one of so many parts. */
    private static final int STUCK_SHARE = 8;
    /** Each so many-th time what was let go of is taken out of what waits, too. */
    private static final int SHEDS = 64;

    private final RelaySettings settings;
    private final Circumstances circumstances;
    private final Map<UUID, HeldMessage> byId = new HashMap<>();
    private final Map<String, TopicFlow> flows = new LinkedHashMap<>();
    /** What was let go of while a look at the table is under way, which may find it still there. */
    private final Set<UUID> gone = new HashSet<>();

    /** The keys of those that were stuck and are held no longer. */
    private final LetGo letGo = new LetGo();

    private boolean looking;
    private int reserved;
    private long bytes;
    private int stuck;
    private long stuckBytes;
    private int inFlight;
    private int stuckInFlight;
    private int sheds;

    HeldMessages(RelaySettings settings, Circumstances circumstances) {
        this.settings = settings;
        this.circumstances = circumstances;
    }

    boolean contains(UUID messageId) {
        return byId.containsKey(messageId);
    }

    boolean full() {
        return byId.size() + reserved >= settings.maxHeld() || bytes >= settings.maxHeldBytes();
    }

    /** Whether there is room for a page worth reading: the look behind the cursors that comes with it costs as much as it. */
    boolean roomy() {
        return byId.size() <= settings.maxHeld() / 2 && bytes <= settings.maxHeldBytes() / 2;
    }

    /**
     * Whether what has just been committed may take a place past the table. Less than {@link #roomy}: where more is committed than the
     * broker takes, the table would never be read again, and what is found nowhere else would wait for as long as that lasts.
     */
    boolean roomyForCommitted() {
        return byId.size() <= settings.maxHeld() / 4 && bytes <= settings.maxHeldBytes() / 4;
    }

    int freePlaces() {
        return settings.maxHeld() - byId.size();
    }

    /** From now on until {@link #looked} it is remembered what is let go of, and there is room for that many rows. */
    void looking(int rows) {
        looking = true;
        reserved = rows;
    }

    /** The rows have come and take their places. */
    void found() {
        reserved = 0;
    }

    void looked() {
        looking = false;
        gone.clear();
    }

    /** Whether it was held when the look began, or came later, and is not any more. */
    boolean isGone(UUID messageId) {
        return gone.contains(messageId);
    }

    int size() {
        return byId.size();
    }

    /** Whether something of the topic is held that does not go on: when it does, that tells of the others. */
    boolean stands(String topic) {
        TopicFlow flow = flows.get(topic);
        return flow != null && (!flow.stuck.isEmpty() || flow.suffers());
    }

    int inFlight() {
        return inFlight;
    }

    int stuckInFlight() {
        return stuckInFlight;
    }

    long freeBytes() {
        return settings.maxHeldBytes() - bytes;
    }

    Collection<TopicFlow> flows() {
        return flows.values();
    }

    TopicFlow flow(String topic) {
        return flows.computeIfAbsent(topic, t -> new TopicFlow(t, new SendWindow(settings.maxInFlight(), this::pause)));
    }

    private long pause(int attempt) {
        return circumstances.pause(settings.retry(), attempt);
    }

    /** While a topic takes next to nothing only a few of its messages stay in memory, so that the others have room. */
    boolean mayHold(TopicFlow flow) {
        return !flow.overflowed() && !isCrowding(flow);
    }

    /** Whether the row would wait in memory, for an hour perhaps, and need not. */
    boolean mayWaitInTheTable(OutboxRow row) {
        TopicFlow flow = flow(row.message().topic());
        if (isBehindStuck(row)) {
            return !hasLittle(flow);
        }
        return letGo.contains(row) && !flow.stuck.isEmpty() && (hasTooMuchStuck(flow, 1) || hasTooMuchStuck(1));
    }

    /** Whether one of its key is held that {@link HeldMessage#blocks()}; in an outage, any. */
    boolean isBehindStuck(OutboxRow row) {
        TopicFlow flow = flow(row.message().topic());
        String key = row.message().orderingKey();
        return flow.window.outage() ? flow.holds(key) : flow.isStuck(key);
    }

    /** Whether what waits behind what is stuck of it may take the room of others. */
    boolean lacksRoomFor(TopicFlow flow) {
        return !flow.stuck.isEmpty()
                && !flow.window.outage()
                && !hasLittle(flow)
                && (isCrowding(flow) || !roomy() || (flow.overflowed() && !mayResume(flow)));
    }

    /** Whether it keeps memory from others that it has no use for: it is in outage, or its broker throttles it. */
    boolean isCrowding(TopicFlow flow) {
        return flow.window.choked() && isLarge(flow);
    }

    /** Whether it takes as much memory as would be left to it in an outage. */
    boolean isLarge(TopicFlow flow) {
        return flow.counted() >= share(flow) || flow.bytesCounted() >= shareOfBytes(flow);
    }

    /** Then all of it may stay: it goes on at once afterwards, and is not read again behind the backlog of others. */
    private boolean hasLittle(TopicFlow flow) {
        return flow.counted() < settings.maxHeld() / LITTLE && flow.bytesCounted() < settings.maxHeldBytes() / LITTLE;
    }

    /** Without any message of the topic to probe with, but those that fail, the outage would never end. */
    boolean mayResume(TopicFlow flow) {
        return flow.held == 0 || (flow.window.outage() ? !flow.hasUntried() : flow.counted() <= share(flow) / 2);
    }

    private int share(TopicFlow flow) {
        return Math.max(1, settings.maxHeld() / parts(flow));
    }

    private long shareOfBytes(TopicFlow flow) {
        return settings.maxHeldBytes() / parts(flow);
    }

    private static int parts(TopicFlow flow) {
        if (flow.window.isThrottled()) {
            return THROTTLED_SHARE;
        }
        // in an outage one half is for what is stuck
        return flow.window.outage() ? 2 * OUTAGE_SHARE : OUTAGE_SHARE;
    }

    HeldMessage add(OutboxRow row, boolean doubtful) {
        TopicFlow flow = flow(row.message().topic());
        HeldMessage message = new HeldMessage(row, flow, doubtful);
        byId.put(row.ref().messageId(), message);
        bytes += message.weight();
        flow.held++;
        flow.bytes += message.weight();
        HeldMessage next = message.queue == null ? message : message.queue.add(message);
        Integer failedAfter = next == message ? letGo.failedAfter(row) : null;
        if (failedAfter != null) {
            message.wasStuck(failedAfter);
            stuck(message);
        }
        offer(next);
        return message;
    }

    private static void offer(@Nullable HeldMessage message) {
        if (message != null) {
            message.flow.ready(message);
        }
    }

    void sent(HeldMessage message, long now) {
        message.sent(now);
        message.flow.sent(message);
        inFlight++;
        stuckInFlight += message.stuck() ? 1 : 0;
    }

    /** An answer has come, whatever it says, or is not waited for any longer. */
    void answered(HeldMessage message) {
        message.state = State.ANSWERED;
        message.flow.answered(message);
        inFlight--;
        stuckInFlight -= message.stuck() ? 1 : 0;
    }

    /** Stored by the broker: its key goes on, its row is still to be deleted. */
    void settling(HeldMessage message) {
        goesOn(message);
        message.state = State.SETTLING;
        leaveQueue(message);
    }

    void goesOn(HeldMessage message) {
        letGo.remove(message.row);
    }

    private void leaveQueue(HeldMessage message) {
        KeyQueue queue = message.queue;
        if (queue != null) {
            offer(queue.finish(message));
            if (queue.isEmpty()) {
                message.flow.forget(queue);
            }
        }
    }

    /** Forgets a message: its row is gone, or it is another relay's business. */
    void drop(HeldMessage message) {
        if (byId.remove(message.row.ref().messageId(), message)) {
            bytes -= message.weight();
            if (looking) {
                gone.add(message.row.ref().messageId());
            }
            if (message.state == State.IN_FLIGHT) {
                answered(message);
            }
            if (message.flow.stuck.remove(message)) {
                stuck(message, -1);
            }
            message.flow.held--;
            message.flow.bytes -= message.weight();
            if (message.state != State.SETTLING) {
                leaveQueue(message);
            }
            message.state = State.DROPPED;
        }
    }

    @Nullable
    HeldMessage get(UUID messageId) {
        return byId.get(messageId);
    }

    /** The message and every later one of its key that is held. */
    List<HeldMessage> withFollowers(HeldMessage message) {
        return message.queue == null ? List.of(message) : message.queue.all();
    }

    /** Forgets what waits and matches. */
    void dropWaiting(Predicate<HeldMessage> which) {
        drop(waiting(which));
    }

    /** Forgets what waits of a topic that takes next to nothing, but for its share: in an outage single messages of many keys, as some of these may go on. */
    List<HeldMessage> shed(TopicFlow flow) {
        List<HeldMessage> waiting = waiting(m -> m.flow == flow && !m.stuck());
        List<HeldMessage> kept = new ArrayList<>();
        if (flow.window.outage()) {
            Predicate<HeldMessage> first = m -> m.queue == null || m.queue.isActive(m);
            keep(kept, waiting.stream().filter(first), share(flow), shareOfBytes(flow));
            Set<KeyQueue> gone =
                    waiting.stream().filter(first).map(m -> m.queue).collect(Collectors.toSet());
            kept.forEach(m -> gone.remove(m.queue));
            Stream<HeldMessage> behind = waiting.stream().filter(first.negate()).filter(m -> !gone.contains(m.queue));
            keep(kept, behind, settings.maxHeld() / LITTLE, settings.maxHeldBytes() / LITTLE);
        } else {
            keep(kept, waiting.stream(), share(flow), shareOfBytes(flow));
        }
        Set<HeldMessage> stay = new HashSet<>(kept);
        return drop(waiting.stream().filter(m -> !stay.contains(m)).toList());
    }

    /** Adds as many of the first ones as all together may be. */
    private static void keep(List<HeldMessage> kept, Stream<HeldMessage> more, int most, long mostBytes) {
        long bytes = kept.stream().mapToLong(HeldMessage::weight).sum();
        for (HeldMessage message : (Iterable<HeldMessage>) more::iterator) {
            if (kept.size() >= most || bytes >= mostBytes) {
                return;
            }
            kept.add(message);
            bytes += message.weight();
        }
    }

    /** Its last outcome is unknown. */
    void failed(HeldMessage message) {
        boolean before = message.stuck();
        message.failed();
        if (!before && message.stuck() && message.state != State.DROPPED) {
            stuck(message);
        }
    }

    private void stuck(HeldMessage message) {
        message.flow.stuck.add(message);
        stuck(message, 1);
    }

    private void stuck(HeldMessage message, int one) {
        long weight = (long) one * message.weight();
        stuck += one;
        stuckBytes += weight;
        message.flow.stuckBytes += weight;
    }

    /** Forgets what waits behind a message that is stuck; and of those that are stuck, with what waits behind them, those that have failed most often, where they are too many. */
    List<HeldMessage> shedStuck(HeldMessage message) {
        List<HeldMessage> shed = new ArrayList<>();
        if (!hasLittle(message.flow)) {
            List<HeldMessage> followers = new ArrayList<>(withFollowers(message));
            followers.remove(message);
            shed.addAll(dropLatestFirst(followers));
        }
        for (HeldMessage one = oneTooMany(message.flow); one != null; one = oneTooMany(message.flow)) {
            letGo.add(one);
            shed.addAll(dropLatestFirst(withFollowers(one)));
        }
        if (!shed.isEmpty() && ++sheds % SHEDS == 0) {
            flows.values().forEach(TopicFlow::forgetOthers);
        }
        return shed;
    }

    /** Forgets what waits behind messages that are stuck. */
    List<HeldMessage> shedBehindStuck(TopicFlow flow) {
        List<HeldMessage> behind = flow.stuck.stream()
                .filter(message -> message.queue != null && message.queue.isActive(message))
                .flatMap(message -> withFollowers(message).stream().filter(follower -> follower != message))
                .toList();
        return drop(behind);
    }

    private @Nullable HeldMessage oneTooMany(TopicFlow flow) {
        if (hasTooMuchStuck(flow, 0)) {
            return oneOfSeveral(flow);
        }
        if (hasTooMuchStuck(0)) {
            boolean bytes = stuck <= settings.maxHeld() / STUCK_SHARE;
            return flows.values().stream()
                    .filter(one -> oneOfSeveral(one) != null)
                    .max(Comparator.comparingLong(one -> bytes ? one.stuckBytes : one.stuck.size()))
                    .map(HeldMessages::oneOfSeveral)
                    .orElse(null);
        }
        return null;
    }

    private boolean hasTooMuchStuck(TopicFlow flow, int more) {
        return flow.window.outage() && (flow.stuck.size() + more > share(flow) || flow.stuckBytes > shareOfBytes(flow));
    }

    private boolean hasTooMuchStuck(int more) {
        return stuck + more > settings.maxHeld() / STUCK_SHARE || stuckBytes > settings.maxHeldBytes() / STUCK_SHARE;
    }

    /** One that waits and has failed most often. The last one of a topic stays: it tells when the broker is back. */
    private static @Nullable HeldMessage oneOfSeveral(TopicFlow flow) {
        return flow.stuck.stream()
                .filter(message -> message.state == State.WAITING && flow.stuck.size() > 1)
                .max(Comparator.comparingInt(HeldMessage::failures))
                .orElse(null);
    }

    /** Sends that were begun before and have no answer. */
    List<HeldMessage> inFlightSince(long before) {
        return byId.values().stream()
                .filter(m -> m.state == State.IN_FLIGHT && m.sentAt - before < 0)
                .toList();
    }

    /** In the order of their row ids. */
    private List<HeldMessage> waiting(Predicate<HeldMessage> which) {
        return byId.values().stream()
                .filter(m -> m.state == State.WAITING && which.test(m))
                .sorted(Comparator.comparingLong(HeldMessage::id))
                .toList();
    }

    private List<HeldMessage> drop(List<HeldMessage> dropped) {
        dropLatestFirst(dropped);
        if (!dropped.isEmpty()) {
            flows.values().forEach(TopicFlow::forgetOthers);
        }
        return dropped;
    }

    /** So that a key never loses an earlier message before a later one. */
    private List<HeldMessage> dropLatestFirst(List<HeldMessage> dropped) {
        for (int i = dropped.size() - 1; i >= 0; i--) {
            drop(dropped.get(i));
        }
        return dropped;
    }

    /** The lane has gone to another owner: what is still in flight may have been sent by it too. */
    void doubt(int lane) {
        byId.values().stream().filter(m -> m.lane() == lane).forEach(m -> m.doubtful = true);
    }

    boolean any(Predicate<HeldMessage> which) {
        return byId.values().stream().anyMatch(which);
    }
}
