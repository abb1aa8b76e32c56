package io.reliablemq.consumer.container;

import java.time.Duration;

/**
 * How many messages a container may hold. Whoever waits for places is woken once, when there are enough of them, and not by each
 * that becomes free. <b>Thread</b>: any; one at a time takes.
 */
final class Places {

    private final int capacity;
    private int free;
    private int wanted = Integer.MAX_VALUE;

    Places(int capacity) {
        this.capacity = capacity;
        this.free = capacity;
    }

    /** Up to so many as soon as they, or half of all places, are free; 0 when that did not happen in time. */
    synchronized int take(int most, Duration timeout) throws InterruptedException {
        wanted = Math.max(1, Math.min(most, capacity / 2));
        long end = System.nanoTime() + timeout.toNanos();
        while (free < wanted) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                wanted = Integer.MAX_VALUE;
                return 0;
            }
            wait(left / 1_000_000 + 1);
        }
        wanted = Integer.MAX_VALUE;
        int taken = Math.min(free, most);
        free -= taken;
        return taken;
    }

    synchronized void give(int places) {
        free += places;
        if (free >= wanted) {
            notifyAll();
        }
    }
}
