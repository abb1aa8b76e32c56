package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.HeldMessage.State;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The messages of one topic that may be sent now or after a pause. One topic's outage does not slow another down. */
final class TopicFlow {

    /** In a small window each so many-th send is one of a suspect. */
    private static final int SUSPECTS_TURN = 4;

    private static final long RETRIES = 1_000_000_000L;

    final String topic;
    final SendWindow window;
    int held;
    long bytes;
    int inFlight;
    long bytesInFlight;
    /** Those that are held and {@link HeldMessage#suspect()}. */
    int suspects;

    long suspectBytes;
    private int suspectsInFlight;
    private int turns;
    /** More of this topic was read than may be held; it is read again afterwards. */
    private boolean overflowed;

    private boolean passed;
    private boolean recovered;
    private long recoveredAt;
    private long resumedAt;

    String lastError = "";

    /** Something was answered, or nothing was in flight, since the last look. */
    private boolean heard = true;

    private int silentLooks;
    private final Map<String, KeyQueue> queues = new HashMap<>();
    private final ArrayDeque<HeldMessage> ready = new ArrayDeque<>();
    /** Those that are {@link HeldMessage#suspect()}: they must not take the window from others. */
    private final ArrayDeque<HeldMessage> readySuspects = new ArrayDeque<>();

    private final PriorityQueue<HeldMessage> later = new PriorityQueue<>(Comparator.comparingLong(m -> m.notBefore));

    TopicFlow(String topic, SendWindow window) {
        this.topic = topic;
        this.window = window;
    }

    /** What is held of one ordering key; a new one when that is nothing. */
    KeyQueue queue(String orderingKey) {
        return queues.computeIfAbsent(orderingKey, KeyQueue::new);
    }

    /** Whether the first of the ordering key has failed more than once. */
    boolean isStuck(@Nullable String orderingKey) {
        KeyQueue queue = orderingKey == null ? null : queues.get(orderingKey);
        return queue != null && queue.isStuck();
    }

    boolean holds(@Nullable String orderingKey) {
        return orderingKey != null && queues.containsKey(orderingKey);
    }

    /** What counts where it shares the memory with other topics: not what has failed, which may be all of a broker that is away. */
    int counted() {
        return held - suspects;
    }

    long bytesCounted() {
        return bytes - suspectBytes;
    }

    /** Nothing of its key is held any more. */
    void forget(KeyQueue queue) {
        queues.remove(queue.key, queue);
    }

    boolean overflowed() {
        return overflowed;
    }

    /** Some of it had no room. */
    void overflow() {
        overflowed = true;
    }

    /** All of it is read again. */
    void resume(long now) {
        overflowed = false;
        recovered = false;
        resumedAt = now;
    }

    /** Rows of it were left in the table for another reason. */
    void passed() {
        passed = true;
    }

    /** Its outage is over: what was left in the table is to be read again, and before others have had their turn. */
    void recovered(long now) {
        overflowed |= passed;
        passed = false;
        if (!recovered) {
            recovered = true;
            recoveredAt = now;
        }
    }

    /** What has failed was sent again, and what comes behind it may be held; or does not go on so soon. */
    boolean hasRecovered(long now) {
        return recovered && (suspects == 0 || now - recoveredAt >= RETRIES);
    }

    /** An outage begins: its pauses do, too. */
    void began(long now) {
        resumedAt = now;
    }

    /** Nanoseconds since it was read again in this outage, or since that began. */
    long outageWithoutResuming(long now) {
        return now - resumedAt;
    }

    void ready(HeldMessage message) {
        ready.add(message);
    }

    void retryAt(HeldMessage message, long notBefore) {
        message.notBefore = notBefore;
        later.add(message);
    }

    /** The next message to send, or null when there is none or the window is full. */
    @Nullable
    HeldMessage next(long now) {
        promote(now);
        if (window.outage()) {
            return probe(now);
        }
        if (window.free(now, inFlight) == 0) {
            return null;
        }
        HeldMessage message = isTurnOfSuspects() ? poll(readySuspects) : null;
        if (message == null) {
            message = poll(ready);
        }
        return message == null && suspectsInFlight == 0 ? poll(readySuspects) : message;
    }

    /** It ends by those that have not failed sooner. */
    private @Nullable HeldMessage probe(long now) {
        HeldMessage untried = window.mayProbe(now, inFlight) ? poll(ready) : null;
        return untried == null && window.free(now, inFlight) > 0 ? poll(readySuspects) : untried;
    }

    /** They have a part of the window for sure, and no more. */
    private boolean isTurnOfSuspects() {
        if (readySuspects.isEmpty() || suspectsInFlight >= window.forSuspects()) {
            return false;
        }
        return window.forSuspects() > 1 || ++turns % SUSPECTS_TURN == 0;
    }

    private static @Nullable HeldMessage poll(ArrayDeque<HeldMessage> queue) {
        HeldMessage message = queue.poll();
        while (message != null && message.state != State.WAITING) {
            message = queue.poll();
        }
        return message;
    }

    void sent(HeldMessage message) {
        heard |= inFlight == suspectsInFlight;
        window.sent(inFlight);
        inFlight++;
        suspectsInFlight += message.suspect() ? 1 : 0;
        bytesInFlight += message.weight();
    }

    void answered(HeldMessage message) {
        heard |= !message.suspect();
        inFlight--;
        suspectsInFlight -= message.suspect() ? 1 : 0;
        bytesInFlight -= message.weight();
    }

    /** How often in a row this was called while all that is in flight, but for suspects, was without an answer. */
    int silentLooks() {
        silentLooks = heard || inFlight == suspectsInFlight ? 0 : silentLooks + 1;
        heard = false;
        return silentLooks;
    }

    /** Whether there is one to probe with that has not failed. */
    boolean hasUntried() {
        return ready.stream().anyMatch(message -> message.state == State.WAITING);
    }

    /** Takes out what waits no longer, which would keep its memory for as long as an outage lasts. */
    void forgetOthers() {
        ready.removeIf(message -> message.state != State.WAITING);
        readySuspects.removeIf(message -> message.state != State.WAITING);
        later.removeIf(message -> message.state != State.WAITING);
    }

    /** Whether messages wait for the broker at the moment; an outage that nobody waits for is none. */
    boolean suffers() {
        return window.outage() && held > 0;
    }

    private void promote(long now) {
        // in outage the probe itself is the retry: its own pause must not add to the window's
        while (!later.isEmpty()
                && (later.element().state != State.WAITING
                        || window.outage()
                        || later.element().notBefore - now <= 0)) {
            HeldMessage message = later.remove();
            if (message.state != State.WAITING) {
                continue;
            }
            if (message.suspect()) {
                readySuspects.add(message);
            } else {
                ready.addFirst(message);
            }
        }
    }

    private boolean waits() {
        return !ready.isEmpty() || !readySuspects.isEmpty() || !later.isEmpty();
    }

    /** Nanoseconds until {@link #next} may have something that it does not have now. */
    long nextDue(long now) {
        if (inFlight > 0 && window.free(now, inFlight) == 0 && !window.outage() && !window.paused(now)) {
            return Long.MAX_VALUE;
        }
        if (window.outage()) {
            return !waits() || inFlight > 0 ? Long.MAX_VALUE : window.gate() - now;
        }
        if (window.paused(now)) {
            return waits() ? window.gate() - now : Long.MAX_VALUE;
        }
        return later.isEmpty() ? Long.MAX_VALUE : later.element().notBefore - now;
    }
}
