package io.reliablemq.broker.embedded.server;

import io.openmessaging.storage.dledger.DLedgerLeaderElector;
import io.openmessaging.storage.dledger.DLedgerServer;
import io.openmessaging.storage.dledger.statemachine.StateMachineCaller;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.rocketmq.broker.processor.PopBufferMergeService;
import org.apache.rocketmq.logging.org.slf4j.Logger;
import org.apache.rocketmq.logging.org.slf4j.LoggerFactory;
import org.apache.rocketmq.store.DefaultMessageStore;

/**
 * Shuts parts of the broker down side by side. RocketMQ waits for fixed times meanwhile: each remoting server and client for an
 * event thread that polls every 3 s, one after the other, over 30 s in all; the store and the buffer of deliveries for requests that may
 * still be worked on; the controller for its leader and its state machine. Interrupting those pauses ends them.
 */
final class PromptShutdown {

    private static final Logger LOG = LoggerFactory.getLogger(PromptShutdown.class);
    private static final String POLLS = "NettyEventExecutor";
    private static final String DELIVERIES = PopBufferMergeService.class.getSimpleName();

    /** One part's shutdown. */
    interface Step {
        void run() throws Exception;

        /** Whether no request is worked on any more, so that nothing needs the pause of the store before it unmaps its files. */
        default boolean isIdle() {
            return false;
        }
    }

    void run(Stream<Step> steps) {
        List<Running> parts = steps.map(Running::new).toList();
        parts.forEach(part -> part.thread.start());
        try {
            for (Running part : parts) {
                while (!part.ended.await(50, TimeUnit.MILLISECONDS)) {
                    parts.forEach(Running::skipPause);
                    skipPauses();
                    if (parts.stream().anyMatch(Running::isInController)) {
                        skipPausesOfController();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void skipPauses() {
        for (Thread thread : threads()) {
            if (thread.getName().contains(POLLS)) {
                thread.interrupt();
            } else if (thread.getName().contains(DELIVERIES)
                    && isPausedIn(PopBufferMergeService.class, "run", thread)) {
                thread.interrupt();
            }
        }
    }

    /** Its leader waits 2 s for followers that it does not have, its state machine 5 s for entries that nobody writes any more. */
    private static void skipPausesOfController() {
        threads().stream()
                .filter(thread -> isParkedIn(DLedgerLeaderElector.class, "sendHeartbeats", thread)
                        || isParkedIn(StateMachineCaller.class, "run", thread))
                .forEach(Thread::interrupt);
    }

    /** Whether the thread waits right there, with nothing but the JDK in between. */
    private static boolean isParkedIn(Class<?> type, String method, Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length > 0
                && stack[0].getMethodName().equals("park")
                && Arrays.stream(stack)
                        .filter(frame -> !frame.getClassName().startsWith("java.")
                                && !frame.getClassName().startsWith("jdk."))
                        .findFirst()
                        .filter(frame -> frame.getClassName().equals(type.getName())
                                && frame.getMethodName().equals(method))
                        .isPresent();
    }

    private static List<Thread> threads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        Thread[] threads = new Thread[group.activeCount() * 2 + 16];
        int count = group.enumerate(threads);
        return Arrays.asList(threads).subList(0, count);
    }

    /** Whether the thread sleeps right there, and not in something that is called from there. */
    private static boolean isPausedIn(Class<?> type, String method, Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        int frame = 0;
        while (frame < stack.length && stack[frame].getClassName().equals(Thread.class.getName())) {
            frame++;
        }
        return frame > 0
                && frame < stack.length
                && stack[frame - 1].getMethodName().equals("sleep")
                && stack[frame].getClassName().equals(type.getName())
                && stack[frame].getMethodName().equals(method);
    }

    private static final class Running {

        private final Step step;
        private final Thread thread;
        private final CountDownLatch ended = new CountDownLatch(1);

        Running(Step step) {
            this.step = step;
            this.thread = new Thread(this::run, "embedded-rocketmq-close");
            thread.setDaemon(true);
        }

        private void run() {
            try {
                step.run();
            } catch (Exception | LinkageError e) {
                LOG.warn("A part of the embedded broker did not shut down in order; its threads are interrupted", e);
            } finally {
                ended.countDown();
            }
        }

        boolean isInController() {
            return Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(DLedgerServer.class.getName()));
        }

        void skipPause() {
            if (step.isIdle() && isPausedIn(DefaultMessageStore.class, "shutdown", thread)) {
                thread.interrupt();
            }
        }
    }
}
