package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxStore;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Topics that have taken a message before, from any process. */
final class KnownTopics {

    private final OutboxStore store;
    private final Consumer<String> remember;
    private final Set<String> topics = new HashSet<>();
    /** No process has seen them, as was heard in this turn of the loop. */
    private final Set<String> unknown = new HashSet<>();

    /** @param remember told once of each topic that takes a message */
    KnownTopics(OutboxStore store, Consumer<String> remember) {
        this.store = store;
        this.remember = remember;
    }

    void took(String topic) {
        if (topics.add(topic)) {
            remember.accept(topic);
        }
    }

    /** Asks the database when this process has not seen it: another one may have. Once a turn, however many are refused in it. */
    boolean contains(String topic) {
        if (topics.contains(topic)) {
            return true;
        }
        if (unknown.contains(topic)) {
            return false;
        }
        Set<String> known = store.knownTopics();
        topics.addAll(known);
        if (!known.contains(topic)) {
            unknown.add(topic);
        }
        return known.contains(topic);
    }

    /** The turn is over: what is unknown may have been seen meanwhile. */
    void askAgain() {
        unknown.clear();
    }
}
