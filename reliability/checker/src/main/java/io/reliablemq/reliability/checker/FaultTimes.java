package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Fault;
import io.reliablemq.reliability.checker.Event.Heal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** When which fault was on. One that was never healed is on until the end. */
public final class FaultTimes {

    /** From its strike until it was healed. */
    public record Span(Fault fault, long healed) {

        boolean overlaps(long from, long to) {
            return fault.at() <= to && healed >= from;
        }

        String text() {
            return fault.name() + " of " + fault.target() + " (no. " + fault.number() + ")";
        }
    }

    /** Of time, in milliseconds since the epoch. */
    record Interval(long from, long to) {

        long length() {
            return to - from;
        }
    }

    private final List<Span> spans;
    private final List<Interval> union = new ArrayList<>();

    public FaultTimes(History history) {
        Map<Integer, Long> healed = history.of(Heal.class).collect(Collectors.toMap(Heal::number, Heal::at, Math::min));
        spans = history.of(Fault.class)
                .map(fault -> new Span(fault, healed.getOrDefault(fault.number(), history.end())))
                .sorted(Comparator.comparingLong(span -> span.fault().at()))
                .toList();
        spans.forEach(span -> add(span.fault().at(), span.healed()));
    }

    /** By the time of their strike. */
    public List<Span> spans() {
        return spans;
    }

    /** In words, those that were on at some time between these two. */
    List<String> between(long from, long to) {
        return spans.stream()
                .filter(span -> span.overlaps(from, to))
                .map(Span::text)
                .toList();
    }

    /**
     * Whether one of these targets was hit at some time between these two.
     *
     * @param targets {@code database} stands for {@code database network}, too
     */
    boolean hasHit(List<String> targets, long from, long to) {
        return spans.stream()
                .filter(span -> span.overlaps(from, to))
                .map(span -> span.fault().target())
                .anyMatch(
                        hit -> targets.stream().anyMatch(target -> hit.equals(target) || hit.startsWith(target + " ")));
    }

    /** The parts of that time in which no fault was on. */
    List<Interval> quietStretches(long from, long to) {
        List<Interval> stretches = new ArrayList<>();
        long since = from;
        for (int i = firstThatEndsAfter(from); i < union.size() && union.get(i).from() < to; i++) {
            if (union.get(i).from() > since) {
                stretches.add(new Interval(since, union.get(i).from()));
            }
            since = union.get(i).to();
        }
        if (to > since) {
            stretches.add(new Interval(since, to));
        }
        return stretches;
    }

    private int firstThatEndsAfter(long time) {
        int low = 0;
        int high = union.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (union.get(middle).to() > time) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private void add(long from, long to) {
        if (!union.isEmpty() && union.get(union.size() - 1).to() >= from) {
            Interval last = union.remove(union.size() - 1);
            union.add(new Interval(last.from(), Math.max(last.to(), to)));
        } else {
            union.add(new Interval(from, to));
        }
    }
}
