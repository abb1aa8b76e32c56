package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Invoke;
import io.reliablemq.reliability.checker.Event.Left;
import io.reliablemq.reliability.checker.Event.Listener;
import io.reliablemq.reliability.checker.Event.Outcome;
import io.reliablemq.reliability.checker.Event.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that is known of a run, by message. Immutable once made. */
public final class History {

    private final List<Event> events;
    private final Map<String, Invoke> invokes = new LinkedHashMap<>();
    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    private final Map<String, Row> rows = new LinkedHashMap<>();

    private History(List<Event> events) {
        this.events = List.copyOf(events);
        for (Event event : events) {
            if (event instanceof Invoke invoke) {
                once(invokes.put(invoke.id(), invoke), event);
            } else if (event instanceof Outcome outcome) {
                once(outcomes.put(outcome.id(), outcome), event);
            } else if (event instanceof Row row) {
                once(rows.put(row.id(), row), event);
            }
        }
        if (of(Event.End.class).count() != 1) {
            throw new IllegalArgumentException("a history has one end; this one may be of a run that was interrupted");
        }
        Set<String> names = listeners().stream().map(Listener::name).collect(Collectors.toSet());
        of(Effect.class).filter(effect -> !names.contains(effect.listener())).forEach(effect -> {
            throw new IllegalArgumentException("of a listener that owes no effects: " + effect.line());
        });
    }

    /** @throws IllegalArgumentException when it contradicts itself, which no product can make it do */
    public static History of(List<Event> events) {
        return new History(events);
    }

    /**
     * Reads JSON lines. What follows the last line end of a file is the beginning of a line whose writer was killed, and is left out.
     *
     * @throws IllegalArgumentException naming file and line when one of them is no event
     */
    public static History read(List<Path> files) throws IOException {
        List<Event> events = new ArrayList<>();
        for (Path file : files) {
            String text = Files.readString(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            int number = 0;
            for (String line : (Iterable<String>) whole.lines()::iterator) {
                number++;
                try {
                    events.add(Event.of(JsonLine.parse(line)));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(file + " line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return of(events);
    }

    /** Events of one type, in the order in which they were read. */
    public <T extends Event> Stream<T> of(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast);
    }

    public List<Listener> listeners() {
        return of(Listener.class).toList();
    }

    /** By id. */
    public Map<String, Invoke> invokes() {
        return invokes;
    }

    /** By id. */
    public Map<String, Outcome> outcomes() {
        return outcomes;
    }

    /** What was committed, by id. */
    public Map<String, Row> rows() {
        return rows;
    }

    /** In the order in which they were applied. */
    public List<Effect> effectsOf(Listener listener) {
        return of(Effect.class)
                .filter(effect -> effect.listener().equals(listener.name()))
                .sorted(Comparator.comparingLong(Effect::position))
                .toList();
    }

    public List<Left> left() {
        return of(Left.class).toList();
    }

    public long end() {
        return of(Event.End.class).findFirst().orElseThrow().at();
    }

    private static void once(@Nullable Event before, Event event) {
        if (before != null) {
            throw new IllegalArgumentException("twice in the history: " + before.line() + " and " + event.line());
        }
    }
}
