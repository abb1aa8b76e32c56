package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The keys of one lane that do not go on, and of which rows were passed. No further row of them is taken, however much room there is by then,
 * until the lane was turned back to the first one that was passed: a later one must not overtake it. Only on the loop's thread.
 */
final class PassedKeys {

    /** Where nobody has told that they go on, and all the same some may. */
    private static final long LONGEST = Duration.ofMinutes(5).toNanos();

    private static final int MOST = 4_096;

    private static final class OfTopic {

        private final Set<String> keys = new HashSet<>();
        private final long since;
        /** There were more than are remembered: all count as passed. */
        private boolean all;

        OfTopic(long since) {
            this.since = since;
        }
    }

    private final Map<String, OfTopic> topics = new HashMap<>();
    private int size;
    private boolean freed;

    boolean contains(OutboxRow row) {
        String key = row.message().orderingKey();
        OfTopic passed = key == null ? null : topics.get(row.message().topic());
        return passed != null && (passed.all || passed.keys.contains(key));
    }

    boolean containsAnyOf(String topic) {
        return topics.containsKey(topic);
    }

    void pass(OutboxRow row, long now) {
        OfTopic passed = topics.computeIfAbsent(row.message().topic(), topic -> new OfTopic(now));
        String key = row.message().orderingKey();
        if (key == null || passed.keys.contains(key)) {
            return;
        }
        if (size < MOST) {
            size++;
            passed.keys.add(key);
        } else {
            passed.all = true;
        }
    }

    /** Something of the topic goes on that did not. */
    void free(String topic) {
        freed |= topics.containsKey(topic);
    }

    /**
     * Whether it is time to read again what was passed.
     *
     * @param stands of a topic: what is held of it tells when it goes on
     */
    boolean isDue(long now, Predicate<String> stands) {
        return freed
                || topics.entrySet().stream().anyMatch(entry -> isDue(entry.getKey(), entry.getValue(), now, stands));
    }

    private static boolean isDue(String topic, OfTopic passed, long now, Predicate<String> stands) {
        return !stands.test(topic) || now - passed.since >= LONGEST;
    }

    void clear() {
        topics.clear();
        size = 0;
        freed = false;
    }
}
