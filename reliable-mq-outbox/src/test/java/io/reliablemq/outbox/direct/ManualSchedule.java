package io.reliablemq.outbox.direct;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A clock that stands until it is moved, and a thread that runs when it is told to. */
final class ManualSchedule implements Schedule {

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

    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Does on the way what is due on the way. */
    void advance(Duration time) {
        long until = moved + time.toNanos();
        run();
        while (!later.isEmpty() && later.element().at() <= until) {
            Later next = later.remove();
            moved = Math.max(moved, next.at());
            next.task().run();
            run();
        }
        moved = until;
    }
}
