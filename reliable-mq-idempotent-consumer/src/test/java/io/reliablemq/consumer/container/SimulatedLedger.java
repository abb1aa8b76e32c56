package io.reliablemq.consumer.container;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was sent, what came of it, and the first promise that is broken. */
final class SimulatedLedger {

    private final Schedule schedule;
    private final boolean ordered;
    private final Set<String> sent = new HashSet<>();
    private final Map<String, List<String>> byKey = new HashMap<>();
    private final Map<String, String> keys = new HashMap<>();
    /** By an effect or a dead letter. */
    private final Set<String> settled = new HashSet<>();

    private @Nullable String violation;

    SimulatedLedger(Schedule schedule, boolean ordered) {
        this.schedule = schedule;
        this.ordered = ordered;
    }

    @Nullable
    String violation() {
        return violation;
    }

    void violated(String what) {
        schedule.note("VIOLATED ", what);
        if (violation == null) {
            violation = what;
        }
    }

    void send(String id, String key) {
        if (sent.add(id)) {
            keys.put(id, key);
            byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(id);
        }
    }

    /** Its effect, or its dead letter, is committed. */
    void settle(String id, String how) {
        schedule.note(how, " of ", id);
        if (!settled.add(id)) {
            violated("duplicated: " + how + " of " + id);
        }
        if (ordered) {
            checkOrder(id);
        }
    }

    private void checkOrder(String id) {
        for (String earlier : byKey.getOrDefault(keys.get(id), List.of())) {
            if (earlier.equals(id)) {
                return;
            }
            if (!settled.contains(earlier)) {
                violated("inverted: " + id + " before " + earlier);
            }
        }
    }

    /** The broker will not hand it out any more. */
    void acknowledge(String id) {
        schedule.note("acknowledged: ", id);
        if (!settled.contains(id)) {
            violated("lost: " + id);
        }
    }

    int settled() {
        return settled.size();
    }

    boolean isComplete() {
        return settled.containsAll(sent);
    }
}
