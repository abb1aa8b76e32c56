package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxStore;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Topics that have taken a message before, from any process. */
final class KnownTopics {

    private final OutboxStore store;
    private final Consumer<String> remember;
    private final Set<String> topics = new HashSet<>();
    /** No process has seen them, as was heard in this turn of the loop. */
    private final Set<String> unknown = new HashSet<>();
    /** The database could not be asked in this turn. */
    private @Nullable RuntimeException failure;

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
        Set<String> known = known();
        topics.addAll(known);
        if (!known.contains(topic)) {
            unknown.add(topic);
        }
        return known.contains(topic);
    }

    /** One that has failed is not asked a second time in a turn: each question may take as long as a time-out. */
    private Set<String> known() {
        if (failure != null) {
            throw failure;
        }
        try {
            return store.knownTopics();
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** The turn is over: what is unknown may have been seen meanwhile. */
    void askAgain() {
        unknown.clear();
        failure = null;
    }
}
