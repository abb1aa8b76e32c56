package io.reliablemq.outbox.direct;

/** When things are done: now, off the caller's thread, or later. Time is monotonic. */
interface Schedule {

    long nanoTime();

    void execute(Runnable task);

    void after(long nanos, Runnable task);
}
