package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Outcome;
import io.reliablemq.reliability.checker.Event.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which faults struck while at least one message was between its commit and its acknowledgement; the others proved nothing. The
 * commit counts from its reported return, the acknowledgement as early as the effect was written, and a message without any effect
 * not at all: all to the disadvantage of the fault.
 */
final class StrikesInFlight {

    private record Flight(long committed, long applied) {}

    private final List<Flight> flights = new ArrayList<>();

    StrikesInFlight(History history) {
        Map<String, Long> lastEffect = new HashMap<>();
        history.of(Effect.class)
                .forEach(effect -> lastEffect.merge(effect.message().id(), effect.at(), Math::max));
        outcomes(history)
                .forEach(outcome ->
                        flights.add(new Flight(outcome.at(), lastEffect.getOrDefault(outcome.id(), outcome.at()))));
    }

    long count(FaultTimes.Span span) {
        long at = span.fault().at();
        return flights.stream()
                .filter(flight -> flight.committed() <= at && at < flight.applied())
                .count();
    }

    private static Stream<Outcome> outcomes(History history) {
        return history.outcomes().values().stream().filter(outcome -> outcome.result() == Result.OK);
    }
}
