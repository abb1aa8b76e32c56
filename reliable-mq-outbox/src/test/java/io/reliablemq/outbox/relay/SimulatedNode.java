package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.outbox.spi.SendOutcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A process with a relay: the real one, whose threads take a step whenever the simulation says so. */
final class SimulatedNode implements Circumstances {

    /** A thread of the relay. */
    enum Part {
        LOOP,
        READER,
        SETTLER,
        KEEPER,
        MOVER
    }

    /** Between such a process and the rest of the world. */
    interface Wire {
        Object call(SimulatedNode caller, String what, Supplier<Object> work);

        /** One of its threads waits for another one. */
        void await(SimulatedNode waiting);
    }

    /** What a dead process does has no effect, and it does no more. */
    static final class Died extends Error {
        Died() {
            super("killed", null, false, false);
        }
    }

    final String name;
    final RelayRun run;
    private final KnownLayout layout;
    private final Schedule schedule;
    private final Wire wire;
    /** Its clock has nothing to do with those of others, and may overflow. */
    private final long origin;

    private final Set<Part> busy = EnumSet.noneOf(Part.class);
    private final Queue<Runnable> looks = new ArrayDeque<>();
    private List<RowRef> batch = List.of();
    private int attempt;
    private long nextBeat;
    private long nextMove;
    private long stoppedUntil;
    private boolean dead;

    private final SimulatedOutbox outbox;
    private final Set<UUID> heard = new HashSet<>();
    private final Set<UUID> awaited = new HashSet<>();
    private Stage stage = Stage.RUNS;
    private long stageEnds;
    private boolean loopEnded;
    private boolean settlerEnded;

    /** How far an orderly stop has come: what {@link RelayRun#stop} waits for, and only so long. */
    private enum Stage {
        RUNS,
        ANSWERS,
        SETTLING,
        LEAVING,
        LEFT
    }

    SimulatedNode(
            String name,
            Schedule schedule,
            RelaySettings settings,
            SimulatedOutbox outbox,
            SimulatedLanes lanes,
            SimulatedBroker broker,
            Wire wire) {
        this.name = name;
        this.schedule = schedule;
        this.outbox = outbox;
        this.wire = wire;
        this.origin =
                schedule.below(3) == 0 ? Long.MAX_VALUE - schedule.below(5_000_000_000L) : schedule.below(1L << 40);
        this.nextBeat = schedule.now();
        this.nextMove = schedule.now();
        this.stoppedUntil = schedule.now();
        this.layout = new KnownLayout(lanes.layout());
        this.run = new RelayRun(
                wired(OutboxStore.class, outbox, wire),
                wired(LaneStore.class, lanes, wire),
                layout,
                message -> send(message, broker, wire),
                settings,
                RelayObserver.NONE,
                name,
                this);
        run.begin();
    }

    @SuppressWarnings("unchecked")
    private CompletionStage<SendOutcome> send(OutgoingMessage message, SimulatedBroker broker, Wire wire) {
        CompletionStage<SendOutcome> answer =
                (CompletionStage<SendOutcome>) wire.call(this, "send", () -> broker.send(name, message));
        awaited.add(message.id());
        return answer.whenComplete((outcome, error) -> {
            awaited.remove(message.id());
            if (outcome instanceof SendOutcome.Stored && !loopEnded) {
                heard.add(message.id());
            }
        });
    }

    private <T> T wired(Class<T> port, T real, Wire wire) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (proxy, method, arguments) ->
                        wire.call(this, method.getName(), () -> invoke(method, real, arguments))));
    }

    private static Object invoke(Method method, Object real, Object[] arguments) {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method + " failed in the simulation itself", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long nanoTime() {
        return origin + schedule.now();
    }

    @Override
    public long chance(long bound) {
        return schedule.below(bound);
    }

    @Override
    public ExecutorService thread(String threadName) {
        return new LooksToCome();
    }

    /** Meanwhile that thread goes on, or not. */
    @Override
    public boolean isDone(CompletableFuture<Void> deed, Duration atMost) {
        wire.await(this);
        return deed.isDone();
    }

    /** The lane that a transaction writes a message to. */
    int laneOf(@Nullable String orderingKey) {
        return orderingKey == null ? run.unorderedLane() : layout.get().laneOf(orderingKey);
    }

    void live() {
        if (dead) {
            throw new Died();
        }
    }

    boolean isDead() {
        return dead;
    }

    void kill() {
        dead = true;
        schedule.note("kill ", name);
    }

    /** As SIGSTOP does, or a long garbage collection. */
    void stop(long nanos) {
        stoppedUntil = schedule.now() + nanos;
        schedule.note(name, " is stopped for ", nanos / 1_000_000, " ms");
    }

    boolean runs() {
        return !dead && schedule.now() - stoppedUntil >= 0;
    }

    boolean beatIsDue() {
        return stage == Stage.LEAVING || schedule.now() - nextBeat >= 0;
    }

    /** As by SIGTERM. */
    void stopInOrder() {
        if (stage == Stage.RUNS) {
            schedule.note(name, " is to stop");
            run.letGo();
            next(Stage.ANSWERS);
        }
    }

    /** Its lanes are given up, or not: the process ends soon. */
    boolean hasLeft() {
        return stage == Stage.LEFT;
    }

    private void next(Stage its) {
        stage = its;
        stageEnds = schedule.now() + Simulation.SETTINGS.shutdownTimeout().toNanos();
        schedule.note(name, " is ", its);
    }

    private void goOnStopping() {
        if (stage == Stage.ANSWERS && (loopEnded || timeIsOver())) {
            next(Stage.SETTLING);
            settlerEnded = outbox.isBroken(Break.STOPPED_BEFORE_SETTLED);
        }
        if (stage == Stage.SETTLING && (settlerEnded || timeIsOver())) {
            if (loopEnded && settlerEnded) {
                outbox.leave(name, heard, awaited);
            }
            settlerEnded = true;
            next(Stage.LEAVING);
        }
    }

    private boolean timeIsOver() {
        return schedule.now() - stageEnds >= 0;
    }

    /** Nothing when that thread is in the middle of another step, which this one is nested in. */
    void step(Part part) {
        if (!runs() || !busy.add(part)) {
            return;
        }
        try {
            goOnStopping();
            switch (part) {
                case LOOP -> turn();
                case READER -> look();
                case SETTLER -> settle();
                case KEEPER -> beat();
                case MOVER -> move();
            }
        } catch (Died | SimulatedFailure e) {
            schedule.note(name, " ", part, ": ", e.getMessage());
        } finally {
            busy.remove(part);
        }
    }

    private void turn() {
        if (!loopEnded && run.loop.isDone()) {
            run.loop.takePosts();
            loopEnded = true;
        } else if (!loopEnded) {
            run.loop.turn();
        }
    }

    private void look() {
        Runnable next = looks.poll();
        if (next != null) {
            next.run();
        }
    }

    private void settle() {
        if (settlerEnded) {
            return;
        }
        if (batch.isEmpty()) {
            batch = run.settler.queued();
            attempt = 0;
            settlerEnded = stage == Stage.SETTLING && batch.isEmpty();
        }
        if (!batch.isEmpty() && run.settler.settled(batch, ++attempt)) {
            batch = List.of();
        }
    }

    private void move() {
        if (stage == Stage.RUNS && schedule.now() - nextMove >= 0) {
            nextMove = schedule.now() + run.dueMover.move();
        }
    }

    private void beat() {
        nextBeat = schedule.now() + Simulation.SETTINGS.lease().toNanos() / 3;
        if (stage == Stage.LEAVING) {
            stage = Stage.LEFT;
            run.keeper.leave();
        } else if (stage != Stage.LEFT) {
            run.keeper.beat();
        }
    }

    private final class LooksToCome extends AbstractExecutorService {

        @Override
        public void execute(Runnable look) {
            looks.add(look);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
