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

    /** Asks the database when this process has not seen it: another one may have. */
    boolean contains(String topic) {
        return topics.contains(topic) || store.knownTopics().contains(topic);
    }
}
