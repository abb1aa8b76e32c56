package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.RelaySettings;

/**
 * How many sends may be without an answer: of one topic as many as max-in-flight says, of all together an eighth more. Who has
 * most of them leaves the rest to others, so that a topic whose sends hang does not keep those waiting that answer.
 */
final class Places {

    /** A topic has at most so many times the places that are still free. */
    private static final int SHARE = 8;
    /** Messages in flight cannot be let go of, and the others need memory too. */
    private static final int PART_OF_THE_MEMORY = 4;

    private final HeldMessages held;
    private final int all;
    private final long bytes;

    Places(RelaySettings settings, HeldMessages held) {
        this.held = held;
        this.all = settings.maxInFlight() + Math.max(1, settings.maxInFlight() / SHARE);
        this.bytes = settings.maxHeldBytes() / PART_OF_THE_MEMORY;
    }

    /** Who has failed again and again, of whatever topic, leaves the rest to others. */
    boolean freeForStuck() {
        return held.stuckInFlight() < Math.max(1, all / SHARE);
    }

    /** The topic's own window comes on top. */
    boolean freeFor(TopicFlow flow) {
        int free = all - held.inFlight();
        return flow.inFlight == 0 ? free > 0 : free > 1 && flow.inFlight < SHARE * free && flow.bytesInFlight < bytes;
    }
}
