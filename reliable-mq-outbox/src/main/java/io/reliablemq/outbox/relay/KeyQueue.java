package io.reliablemq.outbox.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one ordering key of one topic, in row id order. One of them at a time is active (ready, backing off or in
 * flight): message n+1 is sent only after SEND_OK of n.
 */
final class KeyQueue {

    private final TreeMap<Long, HeldMessage> waiting = new TreeMap<>();
    private @Nullable HeldMessage active;

    /** Adds a message and makes it active when nothing else is; returns the newly active one, if any. */
    @Nullable
    HeldMessage add(HeldMessage message) {
        waiting.put(message.id(), message);
        return active == null ? activateNext() : null;
    }

    /** The active message is stored or gone; returns the newly active one, if any. */
    @Nullable
    HeldMessage finish(HeldMessage message) {
        waiting.remove(message.id(), message);
        if (active != message) {
            return null;
        }
        return activateNext();
    }

    private @Nullable HeldMessage activateNext() {
        active = waiting.isEmpty() ? null : waiting.firstEntry().getValue();
        return active;
    }

    /** All messages, in order. */
    List<HeldMessage> all() {
        return new ArrayList<>(waiting.values());
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
