package io.reliablemq.outbox.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one ordering key of one topic, in row id order. One of them at a time is active (ready, backing off or in
 * flight): message n+1 is sent only after SEND_OK of n.
 */
final class KeyQueue {

    final String key;
    /** Nearly always they come with ascending ids and leave at the front. */
    private final ArrayDeque<HeldMessage> waiting = new ArrayDeque<>();

    private @Nullable HeldMessage active;

    KeyQueue(String key) {
        this.key = key;
    }

    /** Adds a message and makes it active when nothing else is; returns the newly active one, if any. */
    @Nullable
    HeldMessage add(HeldMessage message) {
        HeldMessage last = waiting.peekLast();
        if (last == null || last.id() < message.id()) {
            waiting.addLast(message);
        } else {
            insert(message);
        }
        return active == null ? activateNext() : null;
    }

    /** It was committed late: among those, or before those, that have come already. */
    private void insert(HeldMessage message) {
        Deque<HeldMessage> later = new ArrayDeque<>();
        while (!waiting.isEmpty() && waiting.getLast().id() > message.id()) {
            later.addFirst(waiting.removeLast());
        }
        waiting.addLast(message);
        waiting.addAll(later);
    }

    boolean isActive(HeldMessage message) {
        return active == message;
    }

    /** Whether its first one {@link HeldMessage#blocks()}. */
    boolean isStuck() {
        return active != null && active.blocks();
    }

    /** The active message is stored or gone; returns the newly active one, if any. */
    @Nullable
    HeldMessage finish(HeldMessage message) {
        remove(message);
        if (active != message) {
            return null;
        }
        return activateNext();
    }

    /** What is stored leaves at the front, what is let go of at the end. */
    private void remove(HeldMessage message) {
        if (waiting.peekLast() == message) {
            waiting.removeLast();
        } else {
            waiting.removeFirstOccurrence(message);
        }
    }

    private @Nullable HeldMessage activateNext() {
        active = waiting.peekFirst();
        return active;
    }

    /** All messages, in order. */
    List<HeldMessage> all() {
        return new ArrayList<>(waiting);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
