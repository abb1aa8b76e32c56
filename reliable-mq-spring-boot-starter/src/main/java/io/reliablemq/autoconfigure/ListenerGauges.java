package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.ListenerStatus.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What each listener of this instance is doing, and how many dead letters of its group nobody has settled. */
class ListenerGauges extends MeasuredGauges<Map<String, Long>> {

    private final ListenerRegistry listeners;
    private final GaugeFamily states;
    private final GaugeFamily letters;

    ListenerGauges(ListenerRegistry listeners, DeadLetters deadLetters, Duration refresh, MeterRegistry registry) {
        super("dead letters", () -> open(listeners, deadLetters), refresh);
        this.listeners = listeners;
        this.states = new GaugeFamily(MultiGauge.builder("reliable.mq.listener.state"), registry);
        this.letters = new GaugeFamily(MultiGauge.builder("reliable.mq.listener.dead.letters.open"), registry);
    }

    private static Map<String, Long> open(ListenerRegistry listeners, DeadLetters deadLetters) {
        Map<String, Long> open = new TreeMap<>();
        listeners
                .list()
                .forEach(listener -> open.computeIfAbsent(
                        listener.consumerGroup(), group -> deadLetters.count(Letters.ofGroup(group))));
        return open;
    }

    @Override
    void measured(@Nullable Map<String, Long> open) {
        Map<Tags, DoubleSupplier> now = new HashMap<>();
        listeners.list().forEach(listener -> now.putAll(statesOf(listener)));
        states.show(now);
        Map<Tags, DoubleSupplier> counts = new HashMap<>();
        if (open != null) {
            open.forEach((group, count) -> counts.put(Tags.of("group", group), () -> count));
        }
        letters.show(counts);
    }

    /** One for each state, so that what a listener was a moment ago is no longer 1. */
    private Map<Tags, DoubleSupplier> statesOf(ListenerStatus listener) {
        Map<Tags, DoubleSupplier> of = new HashMap<>();
        for (State state : State.values()) {
            Tags tags = Tags.of(
                    "listener",
                    listener.id(),
                    "group",
                    listener.consumerGroup(),
                    "state",
                    state.name().toLowerCase(Locale.ROOT));
            of.put(tags, () -> listeners.status(listener.id()).state() == state ? 1 : 0);
        }
        return of;
    }
}
