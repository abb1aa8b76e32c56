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
import org.jspecify.annotations.Nullable;

/** All rows in memory, by message id, by topic and by ordering key. Bounded; touched by the loop's thread only. */
final class HeldMessages {

    /** A topic in outage has one of so many parts. */
    private static final int OUTAGE_SHARE = 32;
    /** And one that its broker throttles: it sends what it has, and then all that was passed of it has to be read again. */
    private static final int THROTTLED_SHARE = 8;

    /** A topic that has less than one of so many has little to send. */
    private static final int LITTLE = 4 * OUTAGE_SHARE;

    /** All suspects, whatever their topic, have so many eighths: with a half the table is not read any more. */
    private static final int SUSPECTS_EIGHTHS = 3;

    private final RelaySettings settings;
    private final Circumstances circumstances;
    private final Map<UUID, HeldMessage> byId = new HashMap<>();
    private final Map<String, TopicFlow> flows = new LinkedHashMap<>();
    /** What was let go of while a look at the table is under way, which may find it still there. */
    private final Set<UUID> gone = new HashSet<>();

    private boolean looking;
    private int reserved;
    private long bytes;
    private int suspects;
    private long suspectBytes;
    private int inFlight;

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

    int inFlight() {
        return inFlight;
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

    /** Whether the row would wait behind one of its key that is stuck, and that may be stuck for an hour; in an outage, behind any. */
    boolean mayWaitInTheTable(OutboxRow row) {
        TopicFlow flow = flow(row.message().topic());
        String key = row.message().orderingKey();
        return !mayHoldFollowers(flow) && (flow.isStuck(key) || (flow.window.outage() && flow.holds(key)));
    }

    /** Whether it keeps memory from others that it has no use for: it is in outage, or its broker throttles it. */
    boolean isCrowding(TopicFlow flow) {
        return flow.window.choked() && isLarge(flow);
    }

    /** Whether it takes as much memory as would be left to it in an outage. */
    boolean isLarge(TopicFlow flow) {
        return flow.counted() >= share(flow) || flow.bytesCounted() >= settings.maxHeldBytes() / parts(flow);
    }

    /** Of a topic with little to send all may stay: it goes on at once then, and is not read again behind the backlog of others. */
    private boolean mayHoldFollowers(TopicFlow flow) {
        return flow.counted() < settings.maxHeld() / LITTLE && flow.bytesCounted() < settings.maxHeldBytes() / LITTLE;
    }

    /** In an outage when all that could be sent of it has failed: others may be taken. */
    boolean mayResume(TopicFlow flow) {
        return flow.window.outage() ? !flow.hasUntried() : flow.counted() <= share(flow) / 2;
    }

    private int share(TopicFlow flow) {
        return Math.max(1, settings.maxHeld() / parts(flow));
    }

    private static int parts(TopicFlow flow) {
        return flow.window.isThrottled() ? THROTTLED_SHARE : OUTAGE_SHARE;
    }

    void add(OutboxRow row, boolean doubtful) {
        TopicFlow flow = flow(row.message().topic());
        HeldMessage message = new HeldMessage(row, flow, doubtful);
        byId.put(row.ref().messageId(), message);
        bytes += message.weight();
        flow.held++;
        flow.bytes += message.weight();
        offer(message.queue == null ? message : message.queue.add(message));
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
    }

    /** An answer has come, whatever it says, or is not waited for any longer. */
    void answered(HeldMessage message) {
        message.state = State.ANSWERED;
        message.flow.answered(message);
        inFlight--;
    }

    /** Stored by the broker: its key goes on, its row is still to be deleted. */
    void settling(HeldMessage message) {
        message.state = State.SETTLING;
        leaveQueue(message);
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
            if (message.suspect()) {
                suspect(message, -1);
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

    /**
     * Forgets what waits of a topic that takes next to nothing, but for its share. In an outage that is one message of each key, and few more: one key may be the only one
     * that it takes, or does not take. Suspects have their own part.
     */
    List<HeldMessage> shed(TopicFlow flow) {
        List<HeldMessage> shed = new ArrayList<>();
        int kept = 0;
        long keptBytes = 0;
        for (HeldMessage message : waiting(m -> m.flow == flow && !m.suspect())) {
            boolean isNext = message.queue == null || message.queue.isActive(message);
            if (kept < (isNext || !flow.window.outage() ? share(flow) : settings.maxHeld() / LITTLE)
                    && keptBytes < settings.maxHeldBytes() / parts(flow)) {
                kept++;
                keptBytes += message.weight();
            } else {
                shed.add(message);
            }
        }
        return drop(shed);
    }

    /** Its last outcome is unknown. */
    void failed(HeldMessage message) {
        if (!message.suspect() && message.state != State.DROPPED) {
            suspect(message, 1);
        }
        message.failed();
    }

    private void suspect(HeldMessage message, int one) {
        long weight = (long) one * message.weight();
        suspects += one;
        suspectBytes += weight;
        message.flow.suspects += one;
        message.flow.suspectBytes += weight;
    }

    /** Forgets what waits behind a message that is stuck, and it itself where too many are. */
    List<HeldMessage> shedStuck(HeldMessage message) {
        boolean all = !hasRoomForSuspects(1);
        if (!all && mayHoldFollowers(message.flow)) {
            return List.of();
        }
        List<HeldMessage> shed = new ArrayList<>(withFollowers(message));
        if (!all) {
            shed.remove(message);
        }
        // they are in no queue of those that are ready, but for the first
        for (int i = shed.size() - 1; i >= 0; i--) {
            drop(shed.get(i));
        }
        return shed;
    }

    /** @param times as much as they may have */
    boolean hasRoomForSuspects(int times) {
        return suspects * times * 8 <= settings.maxHeld() * SUSPECTS_EIGHTHS
                && suspectBytes * times * 8 <= settings.maxHeldBytes() * SUSPECTS_EIGHTHS;
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

    /** Latest first, so that a key never loses an earlier message before a later one. */
    private List<HeldMessage> drop(List<HeldMessage> dropped) {
        for (int i = dropped.size() - 1; i >= 0; i--) {
            drop(dropped.get(i));
        }
        if (!dropped.isEmpty()) {
            flows.values().forEach(TopicFlow::forgetOthers);
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
