package io.reliablemq.consumer.container;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time and threads of a container: the machine's. A simulation puts its own in their place, so that whatever happens can happen again. */
interface Circumstances {

    Circumstances REAL = new Circumstances() {};

    /** Monotonic. By any thread. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** What handlers run on. Its queue is unbounded. */
    default ExecutorService workers(int threads, ThreadFactory factory) {
        return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    }
}
