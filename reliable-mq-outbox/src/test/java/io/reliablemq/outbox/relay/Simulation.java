package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.SimulatedNode.Part;
import io.reliablemq.outbox.relay.SimulatedNode.Wire;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.OutboxStore.ParkedMessage;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Relays of two processes over tables and a broker in memory, on one thread. What their threads do is cut at each call to the database: others
 * go on in between, nested in the call, before or after it has taken effect. Then it answers, or does not, or takes effect much later. A
 * process may die, be paused, or be told to stop at any of these points; requests to the broker and answers are late, lost, or both. In half
 * of the schedules somebody changes the lane count now and then. At the end nothing fails any more, and everything has to get through.
 *
 * <p>Not here: the archive.
 */
final class Simulation {

    private static final int LITTLE_ROOM = 16;
    /** Then something that waits behind what fails has room, too. */
    private static final int MUCH_ROOM = 512;

    static final RelaySettings SETTINGS = settings(Duration.ofSeconds(2), LITTLE_ROOM);

    /** As by default: a process that stands still for longer than rows are looked for closely may still own its lanes. */
    private static final Duration SHORT_TRAIL = Duration.ofMillis(300);

    private static final int STEPS = 400;
    private static final int DEEPEST = 3;
    private static final int MOST_ROUNDS = 5_000;

    private static RelaySettings settings(Duration trailing, int maxHeld) {
        return new RelaySettings(
                2,
                Duration.ofSeconds(1),
                Duration.ofMillis(1),
                Duration.ofMillis(50),
                trailing,
                Duration.ofSeconds(1),
                4,
                maxHeld,
                8L << 20,
                new Backoff(Duration.ofMillis(5), Duration.ofMillis(200)),
                Duration.ofSeconds(1));
    }

    private final RelaySettings settings;
    private final Schedule schedule;
    private final SimulatedLedger ledger;
    private final SimulatedLanes lanes;
    private final SimulatedOutbox outbox;
    private final SimulatedBroker broker;
    private final SimulatedBusiness business;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    /** Calls that their callers have given up, and that have not reached the database yet. */
    private final List<Late> lateCalls = new ArrayList<>();

    private record Late(String what, Supplier<Object> work) {}

    /** Whose call is being answered; the last one is nested in the others. */
    private final Deque<SimulatedNode> callers = new ArrayDeque<>();

    private long databaseAhead;
    private int started;
    private int depth;
    private boolean quiet;
    private final boolean changesLanes;

    /** Each moment in which a process can die so far: before and after what. */
    private final List<String> moments = new ArrayList<>();

    private final @Nullable Set<Integer> deaths;

    private Simulation(long seed, Break broken, boolean recorded, @Nullable Set<Integer> deaths) {
        this.deaths = deaths;
        settings = settings(seed % 2 == 0 ? SHORT_TRAIL : SETTINGS.trailing(), seed % 4 < 2 ? LITTLE_ROOM : MUCH_ROOM);
        schedule = new Schedule(seed, recorded);
        ledger = new SimulatedLedger(schedule);
        changesLanes = seed % 8 < 4;
        lanes = new SimulatedLanes(SETTINGS.lanes(), this::databaseTime, broken);
        outbox = new SimulatedOutbox(lanes, ledger, this::databaseTime, this::dieBeforeCommit, broken);
        broker = new SimulatedBroker(schedule, ledger, broken);
        business = new SimulatedBusiness(schedule, outbox, ledger, broken);
    }

    /**
     * @param violation the first promise that was broken, or null
     * @param moments in which a process could have died, until nothing failed any more
     * @param record what happened, when it was to be recorded
     */
    record Result(@Nullable String violation, int committed, List<String> moments, List<String> record) {}

    static Result run(long seed, Break broken, boolean recorded) {
        return new Simulation(seed, broken, recorded, null).run();
    }

    /** Nothing fails, but a process dies in each of these moments, counted from 0. */
    static Result dying(long seed, Set<Integer> deaths, boolean recorded) {
        return new Simulation(seed, Break.NONE, recorded, deaths).run();
    }

    private long databaseTime() {
        return schedule.now() + databaseAhead;
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
        return new Result(ledger.violation(), ledger.committed(), moments, schedule.record());
    }

    private void start() {
        String name = "n" + ++started;
        schedule.note("start ", name);
        nodes.add(new SimulatedNode(name, schedule, settings, outbox, lanes, broker, wire));
    }

    private void step() {
        pass();
        SimulatedNode node = schedule.any(nodes);
        int dice = schedule.below(100);
        if (dice < 50) {
            step(node, part(node));
        } else if (dice < 72) {
            broker.step();
        } else if (dice < 84 && node.runs()) {
            business.step(node);
        } else if (dice < 88) {
            operate();
        } else if (dice < 90) {
            broker.changeMind();
        } else if (dice < 93 && !lateCalls.isEmpty()) {
            schedule.note("a late call takes effect");
            lateCalls.remove(schedule.below(lateCalls.size())).work().get();
        } else if (dice >= 98 && deaths == null) {
            disturb(node);
        } else if (dice == 97) {
            node.stopInOrder();
        }
    }

    private void step(SimulatedNode node, Part part) {
        node.step(part);
        if (node.hasLeft() && !node.isDead() && (quiet || schedule.oneIn(10))) {
            replace(node);
        }
    }

    private void pass() {
        int dice = schedule.below(100);
        int most = dice < 60 ? 2 : dice < 95 ? 20 : dice < 99 ? 200 : 1500;
        Duration time = Duration.ofMillis(schedule.below(most + 1));
        business.endAllSince(
                schedule.now() + time.toNanos() - settings.trailing().toNanos() / 2);
        schedule.pass(time);
    }

    private Part part(SimulatedNode node) {
        if (node.beatIsDue() && schedule.oneIn(2)) {
            return Part.KEEPER;
        }
        int dice = schedule.below(11);
        return dice < 5 ? Part.LOOP : dice < 8 ? Part.READER : dice < 10 ? Part.SETTLER : Part.MOVER;
    }

    private void disturb(SimulatedNode node) {
        switch (schedule.below(4)) {
            case 0 -> {
                replace(node);
            }
            case 1, 2 -> node.stop(schedule.below(3 * SETTINGS.lease().toNanos()));
            default -> {
                databaseAhead += schedule.below(2 * SETTINGS.lease().toNanos())
                        - SETTINGS.lease().toNanos();
                schedule.note("the clock of the database is set");
            }
        }
    }

    private void operate() {
        if (changesLanes && schedule.oneIn(4)) {
            int lanes = 1 + schedule.below(SimulatedLanes.MOST);
            schedule.note("the lane count is to be ", lanes);
            this.lanes.announce(lanes);
            return;
        }
        List<ParkedMessage> parked = outbox.parked(Integer.MAX_VALUE);
        if (parked.isEmpty()) {
            return;
        }
        RowRef one = schedule.any(parked).row().ref();
        if (schedule.oneIn(4)) {
            if (ledger.isCancellable(one.messageId())) {
                schedule.note("cancel ", SimulatedLedger.name(one.messageId()));
                outbox.cancel(one);
            }
        } else {
            release(parked);
        }
    }

    private void release(List<ParkedMessage> parked) {
        schedule.note("release all that is parked");
        outbox.release(parked.stream().map(message -> message.row().ref()).toList());
    }

    private final Wire wire = new Wire() {
        @Override
        public Object call(SimulatedNode caller, String what, Supplier<Object> work) {
            return Simulation.this.call(caller, what, work);
        }

        @Override
        public void await(SimulatedNode waiting) {
            othersGoOn();
            if (quiet || schedule.oneIn(2)) {
                waiting.step(Part.LOOP);
            }
            waiting.live();
        }
    };

    /** What a relay asks the database. */
    private Object call(SimulatedNode caller, String what, Supplier<Object> work) {
        caller.live();
        othersGoOn();
        dieIfChosen(caller, "before " + what);
        int fate = quiet || deaths != null ? 99 : schedule.below(100);
        if (fate < 2) {
            throw failure(caller, what, "does not reach the database");
        }
        if (fate < 4) {
            lateCalls.add(new Late(what, () -> takeEffect(caller, work)));
            throw failure(caller, what, "will reach the database late");
        }
        finishLateParking(what);
        Object result = takeEffect(caller, work);
        schedule.note(caller.name, " ", what);
        if (fate < 7) {
            throw failure(caller, what, "took effect, the answer is lost");
        }
        dieIfChosen(caller, "after " + what);
        othersGoOn();
        caller.live();
        return result;
    }

    private Object takeEffect(SimulatedNode caller, Supplier<Object> work) {
        callers.push(caller);
        try {
            return work.get();
        } finally {
            callers.pop();
        }
    }

    /** Others go on in the middle of a transaction, too. When its process dies meanwhile, it is rolled back. */
    private boolean dieBeforeCommit() {
        SimulatedNode caller = callers.peek();
        othersGoOn();
        return caller != null && caller.isDead();
    }

    /**
     * What arrives late of a transaction is its commit. One that parks has the lane locked until then, and the next one that does fails: so it
     * does not come before.
     */
    private void finishLateParking(String next) {
        if (isParking(next)) {
            List<Late> parking =
                    lateCalls.stream().filter(late -> isParking(late.what())).toList();
            lateCalls.removeAll(parking);
            parking.forEach(late -> late.work().get());
        }
    }

    private static boolean isParking(String what) {
        return what.equals("park") || what.equals("parkBehind");
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

    private SimulatedFailure failure(SimulatedNode caller, String what, String how) {
        String text = what + " " + how;
        schedule.note(caller.name, " ", text);
        return new SimulatedFailure(text);
    }

    private void othersGoOn() {
        if (quiet || depth == DEEPEST || !schedule.oneIn(5)) {
            return;
        }
        depth++;
        int steps = schedule.oneIn(10) ? 40 : schedule.below(8);
        for (int i = 0; i < steps && ledger.violation() == null; i++) {
            step();
        }
        depth--;
    }

    private void becomeQuiet() {
        schedule.note("from now on nothing fails");
        quiet = true;
        lateCalls.forEach(late -> late.work().get());
        business.endAllSince(schedule.now());
        schedule.pass(SETTINGS.lease().multipliedBy(4));
        for (int i = 0; i < MOST_ROUNDS && ledger.violation() == null; i++) {
            if (isDone()) {
                return;
            }
            round();
        }
        if (ledger.violation() == null) {
            ledger.violated(
                    "stuck: " + outbox.size() + " rows, " + outbox.parkedRows().size() + " parked, " + lanes.layout);
        }
    }

    private boolean isDone() {
        return ledger.isComplete() && outbox.size() == 0 && outbox.parkedRows().isEmpty() && outbox.delays.isEmpty();
    }

    private void round() {
        schedule.pass(Duration.ofMillis(20));
        for (SimulatedNode node : List.copyOf(nodes)) {
            if (node.beatIsDue()) {
                step(node, Part.KEEPER);
            }
            step(node, Part.LOOP);
            step(node, Part.READER);
            step(node, Part.SETTLER);
            step(node, Part.MOVER);
        }
        broker.heal();
        List<ParkedMessage> parked = outbox.parked(Integer.MAX_VALUE);
        if (!parked.isEmpty()) {
            release(parked);
        }
    }
}
