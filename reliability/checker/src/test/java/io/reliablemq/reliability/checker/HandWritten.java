package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.End;
import io.reliablemq.reliability.checker.Event.FailedStart;
import io.reliablemq.reliability.checker.Event.Fault;
import io.reliablemq.reliability.checker.Event.Heal;
import io.reliablemq.reliability.checker.Event.InVain;
import io.reliablemq.reliability.checker.Event.Invoke;
import io.reliablemq.reliability.checker.Event.LateStop;
import io.reliablemq.reliability.checker.Event.Left;
import io.reliablemq.reliability.checker.Event.Listener;
import io.reliablemq.reliability.checker.Event.Outcome;
import io.reliablemq.reliability.checker.Event.Result;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.Event.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A history of one ordered and one unordered listener, written as it would be told. Ids are key and number: {@code a1}. */
final class HandWritten {

    static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final long END = 100_000;

    private final List<Event> events =
            new ArrayList<>(List.of(new Listener("ordered", true), new Listener("any", false)));
    private long position;

    /** Committed and said so, with both effects 10 ms later. */
    HandWritten delivered(String id, long at) {
        return committed(id, at).effects(id, at + 10);
    }

    HandWritten committed(String id, long at) {
        return invoke(id, at).row(id, at).outcome(id, at + 2, Result.OK);
    }

    HandWritten invoke(String id, long at) {
        events.add(new Invoke(at - 1, id, key(id), "producer-1"));
        return this;
    }

    HandWritten row(String id, long at) {
        events.add(rowOf(id, at));
        return this;
    }

    HandWritten outcome(String id, long at, Result result) {
        events.add(new Outcome(at, id, result));
        return this;
    }

    HandWritten effects(String id, long at) {
        return effect("ordered", id, at).effect("any", id, at);
    }

    HandWritten effect(String listener, String id, long at) {
        return effect(listener, rowOf(id, at), at, true);
    }

    HandWritten effect(String listener, Row message, long at, boolean committed) {
        events.add(new Effect(at, position++, listener, message, "consumer-1", committed));
        return this;
    }

    /** A process that needs broker and database. */
    HandWritten lateStop(String worker, long since, long at) {
        events.add(new LateStop(at, since, worker, List.of("broker", "database")));
        return this;
    }

    /** A process that needs broker and database. */
    HandWritten failedStart(String worker, long since, long at) {
        events.add(new FailedStart(at, since, worker, List.of("broker", "database"), "no port"));
        return this;
    }

    HandWritten fault(int number, long from, long to) {
        return faultOf("broker", number, from, to);
    }

    HandWritten faultOf(String target, int number, long from, long to) {
        events.add(new Fault(from, number, "kill", target));
        events.add(new Heal(to, number));
        return this;
    }

    /** One each five seconds, from the fifth on, each of two and a half. */
    HandWritten faults(int count) {
        for (int number = 1; number <= count; number++) {
            fault(number, number * 5_000L, number * 5_000L + 2_500);
        }
        return this;
    }

    HandWritten inVain(int number, long at) {
        events.add(new InVain(at, number, "nobody has noticed it"));
        return this;
    }

    HandWritten unhealedFault(int number, long from) {
        events.add(new Fault(from, number, "kill", "broker"));
        return this;
    }

    /** Of one process; all effects are those of consumer-1. */
    HandWritten watch(String worker, String listener, long since, long at, boolean running) {
        events.add(new Watch(at, since, worker, listener, running));
        return this;
    }

    HandWritten left(String id, String where) {
        events.add(new Left(END, id, where));
        return this;
    }

    History history() {
        List<Event> all = new ArrayList<>(events);
        all.add(new End(END));
        return History.of(all);
    }

    Verdict verdict() {
        return new Checker(BOUND, AGAIN).check(history());
    }

    static Row rowOf(String id, long at) {
        return new Row(at, id, key(id), Long.parseLong(id.substring(1)), "content of " + id);
    }

    private static String key(String id) {
        return id.substring(0, 1);
    }
}
