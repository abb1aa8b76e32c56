package io.reliablemq.faults;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What happens at the failpoints of an application: a bean where {@code reliable-mq.failpoints.enabled} is true.
 *
 * <p><b>Thread</b>: safe for use by any thread. What a test makes happen is done by the thread that comes to the failpoint, and holds it up.
 */
public final class Failpoints {

    private static final int KILLED = 137;

    private final Map<Failpoint, Consumer<Passage>> actions = new ConcurrentHashMap<>();
    private final Map<Failpoint, AtomicLong> passed = new ConcurrentHashMap<>();

    /**
     * At every passage, instead of what was to happen there before.
     *
     * @param action what it throws goes wrong in the application, see {@link #fail}
     */
    public void on(Failpoint point, Consumer<Passage> action) {
        actions.put(point, action);
    }

    /**
     * The next passages fail as a broken connection would: a step {@code BEFORE_...} is not taken, a step {@code AFTER_...} was taken and
     * whoever asked for it does not learn so.
     */
    public void fail(Failpoint point, int times) {
        AtomicInteger left = new AtomicInteger(times);
        on(point, passage -> {
            if (left.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                throw new FailpointException(passage);
            }
        });
    }

    /** The next passage is held up until the answered object is closed; later ones are not. */
    public Held hold(Failpoint point) {
        Held held = new Held(point);
        AtomicBoolean first = new AtomicBoolean(true);
        on(point, passage -> {
            if (first.getAndSet(false)) {
                held.up();
            }
        });
        return held;
    }

    /** The next passage ends this JVM at once, as {@code kill -9} would: for an application in a JVM of its own. */
    public void halt(Failpoint point) {
        halt(point, "");
    }

    /** The same, for a message with that text in its payload; in the database for any. */
    public void halt(Failpoint point, String containing) {
        on(point, passage -> {
            if (passage.payload().map(text -> text.contains(containing)).orElse(true)) {
                Runtime.getRuntime().halt(KILLED);
            }
        });
    }

    /** How often a thread came to it, since the last {@link #clear}. */
    public long passed(Failpoint point) {
        AtomicLong count = passed.get(point);
        return count == null ? 0 : count.get();
    }

    /** Nothing happens any more, and nothing was passed. What is held up stays so until it is closed. */
    public void clear() {
        actions.clear();
        passed.clear();
    }

    void pass(Passage passage) {
        passed.computeIfAbsent(passage.point(), point -> new AtomicLong()).incrementAndGet();
        Consumer<Passage> action = actions.get(passage.point());
        if (action != null) {
            action.accept(passage);
        }
    }

    /** A thread that is, or will be, held up at a failpoint. */
    public static final class Held implements AutoCloseable {

        private final Failpoint point;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Held(Failpoint point) {
            this.point = point;
        }

        /** @throws AssertionError when no thread comes there in time */
        public void awaitReached(Duration within) throws InterruptedException {
            if (!reached.await(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("Nothing came to " + point + " within " + within);
            }
        }

        private void up() {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** It goes on. */
        @Override
        public void close() {
            released.countDown();
        }
    }
}
