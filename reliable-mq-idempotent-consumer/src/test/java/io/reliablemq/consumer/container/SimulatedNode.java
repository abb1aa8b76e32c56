package io.reliablemq.consumer.container;

import io.reliablemq.consumer.processing.IdempotentProcessing;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A process with a listener: the real container and the real processing, whose threads take a step whenever the simulation says so. */
final class SimulatedNode implements Circumstances, MessageReceiver {

    /** A thread of the container. */
    enum Part {
        POLL,
        WORKER,
        OTHER_WORKER,
        RENEWAL
    }

    /** Between such a process and the rest of the world. */
    interface Wire {
        /** @param late whether it may take effect after the caller has given up */
        Object call(SimulatedNode caller, String what, Supplier<Object> work, boolean late);
    }

    /** What a dead process does has no effect, and it does no more. */
    static final class Died extends Error {
        Died() {
            super("killed", null, false, false);
        }
    }

    /** More would make the poll thread wait for a place, and with it all others. */
    private static final int MOST_HELD = 12;

    final String name;
    private final Schedule schedule;
    private final SimulatedBroker broker;
    private final Wire wire;
    private final PollLoop loop;
    private final Set<Part> busy = EnumSet.noneOf(Part.class);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int held;
    private long stoppedUntil;
    private boolean dead;

    SimulatedNode(
            String name,
            Schedule schedule,
            ListenerEndpoint endpoint,
            SimulatedInbox inbox,
            SimulatedBroker broker,
            Wire wire) {
        this.name = name;
        this.schedule = schedule;
        this.broker = broker;
        this.wire = wire;
        this.stoppedUntil = schedule.now();
        IdempotentProcessing processing = new IdempotentProcessing(
                wired(InboxStore.class, inbox),
                letters(inbox),
                new SimulatedTransactions(this, inbox, wire),
                Simulation.SETTINGS,
                ListenerObserver.NONE);
        loop = new PollLoop(
                endpoint,
                new ContainerParts(subscription -> this, processing, Simulation.SETTINGS, ListenerObserver.NONE, this),
                new ListenerState(endpoint),
                false);
    }

    private InboxStore wired(Class<InboxStore> port, InboxStore real) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    if (method.getName().equals("keepConnection")) {
                        return null; // asks nobody
                    }
                    try {
                        return wire.call(this, method.getName(), () -> invoke(method, real, arguments), false);
                    } catch (SimulatedFailure e) {
                        throw new InboxUnavailableException(e.getMessage(), e);
                    }
                }));
    }

    private static Object invoke(Method method, Object real, Object[] arguments) {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InboxContentionException contention) {
                throw contention;
            }
            throw new IllegalStateException(method + " failed in the simulation itself", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private DeadLetterStore letters(SimulatedInbox inbox) {
        return (DeadLetterStore) Proxy.newProxyInstance(
                DeadLetterStore.class.getClassLoader(),
                new Class<?>[] {DeadLetterStore.class},
                (proxy, method, arguments) -> {
                    inbox.letter(((DeadLetterStore.StoredLetter) arguments[0])
                            .entry()
                            .key());
                    return null;
                });
    }

    @Override
    public long nanoTime() {
        return schedule.now();
    }

    @Override
    public ExecutorService workers(int threads, ThreadFactory factory) {
        return new TasksToCome();
    }

    @Override
    public List<ReceivedMessage> receive(int max, Duration invisible) {
        List<?> messages = (List<?>) call("receive", () -> broker.receive(max, invisible));
        held += messages.size();
        schedule.note(name, " receives ", messages);
        return messages.stream().map(ReceivedMessage.class::cast).toList();
    }

    private Object call(String what, Supplier<Object> work) {
        try {
            return wire.call(this, what, work, true);
        } catch (SimulatedFailure e) {
            throw new ReceiverUnavailableException(e.getMessage(), e);
        }
    }

    @Override
    public CompletionStage<Void> acknowledge(ReceivedMessage message) {
        held--;
        boolean good = (Boolean) call("acknowledge", () -> broker.acknowledge(message));
        return good
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new IllegalStateException("its invisible time is over"));
    }

    @Override
    public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
        held -= invisible.equals(Simulation.SETTINGS.invisible()) ? 0 : 1;
        // an answer that is lost leaves the caller with a handle that is not good any more
        ReceivedMessage[] renewed = new ReceivedMessage[1];
        call("postpone", () -> {
            renewed[0] = broker.postpone(message, invisible);
            return "";
        });
        return renewed[0] == null
                ? CompletableFuture.failedFuture(new IllegalStateException("its invisible time is over"))
                : CompletableFuture.completedFuture(renewed[0]);
    }

    @Override
    public void close() {}

    void live() {
        if (dead) {
            throw new Died();
        }
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

    /** Nothing when that thread is in the middle of another step, which this one is nested in. */
    void step(Part part) {
        if (!runs() || !busy.add(part)) {
            return;
        }
        try {
            switch (part) {
                case POLL -> poll();
                case WORKER, OTHER_WORKER -> work();
                case RENEWAL -> loop.renewDue();
            }
        } catch (Died e) {
            schedule.note(name, " ", part, " is dead");
        } finally {
            busy.remove(part);
        }
    }

    private void poll() {
        try {
            if (held <= MOST_HELD) {
                loop.turn();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void work() {
        Runnable next = tasks.poll();
        if (next != null) {
            next.run();
        }
    }

    private final class TasksToCome extends AbstractExecutorService {

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
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
