package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.HeldMessage.State;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The messages of one topic that may be sent now or after a pause. One topic's outage does not slow another down. */
final class TopicFlow {

    /** In a small window each so many-th send is one of what is stuck. */
    private static final int TURN_OF_STUCK = 4;

    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_RESUMES = 10;

    final String topic;
    final SendWindow window;
    int held;
    long bytes;
    int inFlight;
    long bytesInFlight;
    /** Those that are held and {@link HeldMessage#stuck()}. */
    final Set<HeldMessage> stuck = new HashSet<>();

    long stuckBytes;
    private int stuckInFlight;
    private int turns;
    /** More of this topic was read than may be held; it is read again afterwards. */
    private boolean overflowed;

    private long overflowedSince;
    private boolean recovered;
    private int outagesEnded;
    /** There was no room for others, and nothing that is stuck went on. Until an outage ends. */
    private boolean scarce;

    /** When an outage ended, or something that was stuck was stored, the last time. */
    private long wentOnAt;
    /** In this outage, and when it was the last time, or when it began. */
    private int resumes;

    private long resumedAt;

    String lastError = "";

    /** Something was answered, or nothing was in flight, since the last look. */
    private boolean heard = true;

    private int silentLooks;
    private final Map<String, KeyQueue> queues = new HashMap<>();
    private final ArrayDeque<HeldMessage> ready = new ArrayDeque<>();
    /** Those that are {@link HeldMessage#stuck()}: they must not take the window from others. */
    private final ArrayDeque<HeldMessage> readyStuck = new ArrayDeque<>();

    private final PriorityQueue<HeldMessage> later = new PriorityQueue<>(Comparator.comparingLong(m -> m.notBefore));

    TopicFlow(String topic, SendWindow window) {
        this.topic = topic;
        this.window = window;
    }

    /** What is held of one ordering key; a new one when that is nothing. */
    KeyQueue queue(String orderingKey) {
        return queues.computeIfAbsent(orderingKey, KeyQueue::new);
    }

    /** Whether the first of the ordering key {@link HeldMessage#blocks()}. */
    boolean isStuck(@Nullable String orderingKey) {
        KeyQueue queue = orderingKey == null ? null : queues.get(orderingKey);
        return queue != null && queue.isStuck();
    }

    boolean holds(@Nullable String orderingKey) {
        return orderingKey != null && queues.containsKey(orderingKey);
    }

    /** What counts where it shares the memory with other topics: what is stuck may be all of a broker that is away, and has its own part. */
    int counted() {
        return held - stuck.size();
    }

    long bytesCounted() {
        return bytes - stuckBytes;
    }

    /** Nothing of its key is held any more. */
    void forget(KeyQueue queue) {
        queues.remove(queue.key, queue);
    }

    boolean overflowed() {
        return overflowed;
    }

    /** Some of it had no room. */
    void overflow(long now) {
        if (!overflowed) {
            overflowed = true;
            overflowedSince = now;
        }
    }

    /** All of it is read again. */
    void resume(long now) {
        overflowed = false;
        recovered = false;
        resumes++;
        resumedAt = now;
    }

    /** Nanoseconds since it {@link #overflowed}. */
    long overflowedFor(long now) {
        return now - overflowedSince;
    }

    void outageBegan(long now) {
        recovered = false;
        resumes = 0;
        resumedAt = now;
    }

    /**
     * Whether it is time to look for others than those that fail. Each time it takes twice as long, so to read again takes all together no longer than twice
     * the last time, however much there is by then.
     */
    boolean mayLookForOthers(long now) {
        return now - resumedAt >= SECOND << Math.min(resumes, MOST_RESUMES);
    }

    /** Whether there is one to probe with that is not stuck. */
    boolean hasUntried() {
        return inFlight > stuckInFlight || ready.stream().anyMatch(message -> message.state == State.WAITING);
    }

    void outageEnded(long now) {
        wentOnAt = now;
        recovered = true;
        scarce = false;
        outagesEnded++;
    }

    /** One that was stuck is stored. */
    void stuckWentOn(long now) {
        wentOnAt = now;
    }

    /**
     * There is no room for others. After an outage what is stuck has a second to go on, and another one for each that does.
     *
     * @return true once, until an outage ends: what waits behind stuck ones is to leave the memory, and the topic to be read again as after an outage
     */
    boolean scarce(long now) {
        boolean begins = !scarce && now - wentOnAt >= SECOND;
        scarce |= begins;
        recovered |= begins;
        return begins;
    }

    boolean isScarce() {
        return scarce;
    }

    int outagesEnded() {
        return outagesEnded;
    }

    /** After an outage: nothing is stuck any more, so what was left in the table is to be read again, and at once. */
    boolean goesOnAgain() {
        return recovered && stuck.stream().allMatch(message -> message.state == State.SETTLING);
    }

    /** It had no room because of an outage, which is over. */
    boolean hasRecovered() {
        return recovered;
    }

    void ready(HeldMessage message) {
        (message.stuck() ? readyStuck : ready).add(message);
    }

    void retryAt(HeldMessage message, long notBefore) {
        message.notBefore = notBefore;
        later.add(message);
    }

    /**
     * The next message to send, or null when there is none or the window is full.
     *
     * @param place whether there is one for a message that is stuck
     */
    @Nullable
    HeldMessage next(long now, boolean place) {
        promote(now);
        if (window.outage()) {
            return probe(now);
        }
        if (window.free(now, inFlight) == 0) {
            return null;
        }
        HeldMessage message = place && isTurnOfStuck() ? poll(readyStuck) : null;
        if (message == null) {
            message = poll(ready);
        }
        return message == null && place && stuckInFlight == 0 ? poll(readyStuck) : message;
    }

    /** One that is stuck, as it may be the only one that goes on; and some that are not, which end the outage sooner when one of several brokers is away. */
    private @Nullable HeldMessage probe(long now) {
        if (!window.mayProbe(now, inFlight)) {
            return null;
        }
        HeldMessage message = inFlight == 0 ? poll(readyStuck) : null;
        return message == null ? poll(ready) : message;
    }

    private boolean isTurnOfStuck() {
        if (readyStuck.isEmpty() || stuckInFlight >= window.forStuck()) {
            return false;
        }
        return window.forStuck() > 1 || ++turns % TURN_OF_STUCK == 0;
    }

    private static @Nullable HeldMessage poll(ArrayDeque<HeldMessage> queue) {
        HeldMessage message = queue.poll();
        while (message != null && message.state != State.WAITING) {
            message = queue.poll();
        }
        return message;
    }

    void sent(HeldMessage message) {
        heard |= inFlight == stuckInFlight;
        window.sent(inFlight);
        inFlight++;
        stuckInFlight += message.stuck() ? 1 : 0;
        bytesInFlight += message.weight();
    }

    void answered(HeldMessage message) {
        heard |= !message.stuck();
        inFlight--;
        stuckInFlight -= message.stuck() ? 1 : 0;
        bytesInFlight -= message.weight();
    }

    /** How often in a row this was called while all that is in flight, but for what is stuck, was without an answer. */
    int silentLooks() {
        silentLooks = heard || inFlight == stuckInFlight ? 0 : silentLooks + 1;
        heard = false;
        return silentLooks;
    }

    /** Takes out what waits no longer, which would keep its memory for as long as an outage lasts. */
    void forgetOthers() {
        ready.removeIf(message -> message.state != State.WAITING);
        readyStuck.removeIf(message -> message.state != State.WAITING);
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
            if (message.stuck()) {
                readyStuck.add(message);
            } else if (window.outage()) {
                ready.add(message);
            } else {
                ready.addFirst(message);
            }
        }
    }

    private boolean waits() {
        return !ready.isEmpty() || !readyStuck.isEmpty() || !later.isEmpty();
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
