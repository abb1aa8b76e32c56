package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.MissingKey;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.container.SimulatedNode.Part;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of two processes over an inbox and a broker in memory, on one thread. What their threads do is cut at each call to database or
 * broker: others go on in between, nested in the call, before or after it has taken effect. Then it answers, or does not, or, if it is a commit
 * or the broker's, takes effect later. A process may die or be stopped at any of these points, invisible times end, handlers fail. At the end
 * nothing fails any more, and everything has to have had its effect.
 *
 * <p>Not here: an orderly stop, which waits on threads of its own, the purge, and what operators do to dead letters.
 */
final class Simulation {

    private static final RetryPolicy AT_ONCE = new RetryPolicy(4, Duration.ZERO, 1, Duration.ZERO);

    static final ConsumerSettings SETTINGS = new ConsumerSettings(
            16,
            1,
            false,
            true,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofDays(7),
            Duration.ofHours(1),
            AT_ONCE,
            100,
            AT_ONCE,
            Duration.ofMinutes(1),
            500,
            MissingKey.QUARANTINE,
            List.of());

    private static final int STEPS = 120;
    private static final int MOST_MESSAGES = 16;
    private static final int DEEPEST = 2;
    private static final int MOST_ROUNDS = 5_000;
    private static final List<String> KEYS = List.of("a", "b", "c");

    private final Schedule schedule;
    private final SimulatedLedger ledger;
    private final SimulatedInbox inbox;
    private final SimulatedBroker broker;
    private final ListenerEndpoint endpoint;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    /** Calls that their callers have given up, and that have not arrived yet. */
    private final List<Supplier<Object>> lateCalls = new ArrayList<>();

    private int started;
    private int messages;
    private int depth;
    private boolean quiet;

    /** Each moment in which a process can die so far: before and after what. */
    private final List<String> moments = new ArrayList<>();

    private final @Nullable Set<Integer> deaths;

    private Simulation(long seed, Break broken, boolean recorded, @Nullable Set<Integer> deaths) {
        this.deaths = deaths;
        schedule = new Schedule(seed, recorded);
        boolean ordered = broken == Break.NOT_FIFO || !schedule.oneIn(4);
        int coalesce = schedule.oneIn(2) ? 4 : 1;
        ledger = new SimulatedLedger(schedule, ordered);
        inbox = new SimulatedInbox(schedule, ledger, broken);
        broker = new SimulatedBroker(schedule, ledger, ordered, broken);
        endpoint = new ListenerEndpoint(
                "listener",
                "simulation",
                new Subscription("orders", "group", "*", false, ordered),
                new ListenerPolicy(16, coalesce, true, false, Duration.ofDays(7), AT_ONCE, List.of()),
                this::prepare);
    }

    /**
     * @param violation the first promise that was broken, or null
     * @param moments in which a process could have died, until nothing failed any more
     * @param record what happened, when it was to be recorded
     */
    record Result(@Nullable String violation, int settled, List<String> moments, List<String> record) {}

    static Result run(long seed, Break broken, boolean recorded) {
        return new Simulation(seed, broken, recorded, null).run();
    }

    /** Nothing fails, but a process dies in each of these moments, counted from 0. */
    static Result dying(long seed, Set<Integer> deaths, boolean recorded) {
        return new Simulation(seed, Break.NONE, recorded, deaths).run();
    }

    private Result run() {
        start();
        start();
        for (int i = 0; i < STEPS && ledger.violation() == null; i++) {
            step();
        }
        if (ledger.violation() == null) {
            becomeQuiet();
        }
        return new Result(ledger.violation(), ledger.settled(), moments, schedule.record());
    }

    private void start() {
        String name = "n" + ++started;
        schedule.note("start ", name);
        nodes.add(new SimulatedNode(name, schedule, endpoint, inbox, broker, this::call));
    }

    private PreparedMessage prepare(ReceivedMessage message) {
        return new PreparedMessage() {
            @Override
            public @Nullable String key() {
                return null;
            }

            @Override
            public void handle() {
                othersGoOn();
                inbox.effect(message.id());
                if (!quiet && schedule.oneIn(8)) {
                    schedule.note("the handler fails with ", message.id());
                    throw new IllegalStateException("the handler fails");
                }
            }
        };
    }

    private void step() {
        int dice = schedule.below(100);
        schedule.pass(Duration.ofMillis(schedule.below(dice < 70 ? 3 : dice < 97 ? 100 : 1500)));
        SimulatedNode node = schedule.any(nodes);
        int what = schedule.below(100);
        if (what < 25) {
            node.step(Part.POLL);
        } else if (what < 70) {
            node.step(schedule.oneIn(2) ? Part.WORKER : Part.OTHER_WORKER);
        } else if (what < 76) {
            node.step(Part.RENEWAL);
        } else if (what < 90) {
            send();
        } else if (what < 94 && !lateCalls.isEmpty()) {
            schedule.note("a late call takes effect");
            lateCalls.remove(schedule.below(lateCalls.size())).get();
        } else if (what >= 97 && deaths == null) {
            disturb(node);
        }
    }

    private void send() {
        if (messages > 0 && schedule.oneIn(4)) {
            int again = 1 + schedule.below(messages);
            broker.append("m" + again, KEYS.get(again % KEYS.size()));
        } else if (messages < MOST_MESSAGES) {
            messages++;
            broker.append("m" + messages, KEYS.get(messages % KEYS.size()));
        }
    }

    private void disturb(SimulatedNode node) {
        if (schedule.oneIn(2)) {
            replace(node);
        } else {
            node.stop(schedule.below(3 * SETTINGS.invisible().toNanos()));
        }
    }

    private Object call(SimulatedNode caller, String what, Supplier<Object> work, boolean late) {
        caller.live();
        othersGoOn();
        dieIfChosen(caller, "before " + what);
        int fate = quiet || deaths != null ? 99 : schedule.below(100);
        if (fate < 2) {
            throw failure(caller, what, "gets lost", false);
        }
        if (fate < 4 && late) {
            lateCalls.add(work);
            throw failure(caller, what, "will come late", true);
        }
        Object result = work.get();
        schedule.note(caller.name, " ", what);
        if (fate < 7) {
            throw failure(caller, what, "took effect, the answer is lost", false);
        }
        dieIfChosen(caller, "after " + what);
        othersGoOn();
        caller.live();
        return result;
    }

    private void dieIfChosen(SimulatedNode caller, String moment) {
        caller.live();
        if (!quiet && deaths != null) {
            moments.add(moment);
            if (deaths.contains(moments.size() - 1)) {
                schedule.note(caller.name, " dies ", moment);
                replace(caller);
                caller.live();
            }
        }
    }

    private void replace(SimulatedNode node) {
        node.kill();
        nodes.remove(node);
        start();
    }

    private SimulatedFailure failure(SimulatedNode caller, String what, String how, boolean mayStillCome) {
        String text = what + " " + how;
        schedule.note(caller.name, " ", text);
        return new SimulatedFailure(text, mayStillCome);
    }

    private void othersGoOn() {
        if (quiet || deaths != null || depth == DEEPEST || !schedule.oneIn(12)) {
            return;
        }
        depth++;
        int steps = schedule.oneIn(10) ? 20 : schedule.below(5);
        for (int i = 0; i < steps && ledger.violation() == null; i++) {
            step();
        }
        depth--;
    }

    private void becomeQuiet() {
        schedule.note("from now on nothing fails");
        quiet = true;
        lateCalls.forEach(Supplier::get);
        schedule.pass(SETTINGS.invisible().multipliedBy(4));
        for (int i = 0; i < MOST_ROUNDS && ledger.violation() == null; i++) {
            if (ledger.isComplete() && broker.isDone()) {
                return;
            }
            round();
        }
        if (ledger.violation() == null) {
            ledger.violated(
                    (ledger.isComplete() ? "not acknowledged" : broker.isDone() ? "lost" : "stuck") + ": at the end");
        }
    }

    private void round() {
        schedule.pass(Duration.ofMillis(20));
        for (SimulatedNode node : nodes) {
            for (Part part : Part.values()) {
                node.step(part);
            }
        }
    }
}
