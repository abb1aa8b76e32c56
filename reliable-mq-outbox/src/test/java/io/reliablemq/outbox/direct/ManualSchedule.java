package io.reliablemq.outbox.direct;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A clock that stands until it is moved, and a thread that runs when it is told to. */
final class ManualSchedule implements Schedule {

    private static final Logger log = LoggerFactory.getLogger(ManualSchedule.class);

    private record Later(long at, Runnable task) {}

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<Later> later = new PriorityQueue<>(Comparator.comparingLong(Later::at));
    private long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
    private long moved;
    Error failure;

    @Override
    public long nanoTime() {
        return now + moved;
    }

    @Override
    public void execute(Runnable task) {
        if (failure != null) {
            throw failure;
        }
        tasks.add(task);
    }

    @Override
    public void after(long nanos, Runnable task) {
        if (failure != null) {
            throw failure;
        }
        later.add(new Later(moved + nanos, task));
    }

    int planned() {
        return later.size();
    }

    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            perform(task);
        }
    }

    /** As an executor does it: a task that fails ends nothing but itself. */
    private static void perform(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.info("A task failed: {}", e.toString());
        }
    }

    /** Does on the way what is due on the way. */
    void advance(Duration time) {
        long until = moved + time.toNanos();
        run();
        while (!later.isEmpty() && later.element().at() <= until) {
            Later next = later.remove();
            moved = Math.max(moved, next.at());
            perform(next.task());
            run();
        }
        moved = until;
    }
}
