package io.reliablemq.consumer.container;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The threads on which handlers run, as many as the listener's concurrency. */
final class Workers {

    private final ExecutorService executor;
    private volatile boolean interrupted;

    Workers(ListenerEndpoint endpoint, boolean virtualThreads, Circumstances circumstances) {
        int threads = endpoint.policy().concurrency();
        String prefix = "reliable-mq-" + endpoint.id() + "-";
        this.executor = circumstances.workers(threads, factory(prefix, virtualThreads));
    }

    private static ThreadFactory factory(String prefix, boolean virtualThreads) {
        return virtualThreads
                ? new VirtualThreadTaskExecutor(prefix).getVirtualThreadFactory()
                : new CustomizableThreadFactory(prefix);
    }

    /** The queue is unbounded; what enters it is bounded by the places in {@link Deliveries}. */
    void run(Runnable task) {
        executor.execute(task);
    }

    boolean areInterrupted() {
        return interrupted;
    }

    /** Lets running and queued tasks finish; interrupts what is left after that time, and answers whether none was. */
    boolean shutDown(Duration timeout) throws InterruptedException {
        executor.shutdown();
        if (executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        interrupted = true; // before they are: whoever is asks
        executor.shutdownNow().forEach(Runnable::run);
        return executor.awaitTermination(1, TimeUnit.SECONDS);
    }
}
