package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.ListenerStatus.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What each listener of this instance is doing, and how many dead letters of its group nobody has settled. */
class ListenerGauges extends MeasuredGauges<Map<String, Long>> {

    private final ListenerRegistry listeners;
    private final MultiGauge states;
    private final MultiGauge letters;

    ListenerGauges(ListenerRegistry listeners, DeadLetters deadLetters, Duration refresh, MeterRegistry registry) {
        super("dead letters", () -> open(listeners, deadLetters), refresh);
        this.listeners = listeners;
        this.states = MultiGauge.builder("reliable.mq.listener.state").register(registry);
        this.letters =
                MultiGauge.builder("reliable.mq.listener.dead.letters.open").register(registry);
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
        states.register(listeners.list().stream().flatMap(this::rows).toList(), true);
        letters.register(
                (open == null ? Map.<String, Long>of() : open)
                        .entrySet().stream()
                                .<Row<?>>map(group -> Row.of(Tags.of("group", group.getKey()), group.getValue()))
                                .toList(),
                true);
    }

    /** One for each state, so that what a listener was a moment ago is no longer 1. */
    private Stream<Row<?>> rows(ListenerStatus listener) {
        return Arrays.stream(State.values())
                .map(state -> Row.of(
                        Tags.of(
                                "listener",
                                listener.id(),
                                "group",
                                listener.consumerGroup(),
                                "state",
                                state.name().toLowerCase(Locale.ROOT)),
                        listeners,
                        registry -> registry.status(listener.id()).state() == state ? 1 : 0));
    }
}
