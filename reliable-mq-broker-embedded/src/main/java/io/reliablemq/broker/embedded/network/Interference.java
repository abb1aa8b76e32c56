package io.reliablemq.broker.embedded.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** What a proxy does to what passes. Called by many threads at once. */
public interface Interference {

    /** Passes everything on. */
    Interference NONE = (link, direction, data, length) -> Fate.PASS;

    /**
     * @param forward how many of the bytes are passed on
     * @param cut whether both sides of the connection are closed afterwards
     */
    record Fate(int forward, boolean cut) {

        static final Fate PASS = new Fate(Integer.MAX_VALUE, false);
        static final Fate SWALLOW = new Fate(0, false);
        static final Fate CUT = new Fate(0, true);
    }

    /** Decides about what was just read from one side of a connection. */
    Fate of(Link link, Direction direction, byte[] data, int length);

    /** After so many bytes in that direction, of all connections together, the one that carries the last of them is cut; once. */
    static Interference cutAfter(Direction cutDirection, long bytes, CountDownLatch struck) {
        AtomicLong left = new AtomicLong(bytes);
        return (link, direction, data, length) -> {
            if (direction != cutDirection) {
                return Fate.PASS;
            }
            long before = left.getAndAdd(-length);
            if (before <= 0 || before > length) {
                return Fate.PASS;
            }
            struck.countDown();
            return new Fate((int) before, true);
        };
    }

    /**
     * Lets the first request in which the pattern is found through, and cuts its connection instead of passing on what the server answers;
     * once.
     */
    static Interference loseReplyTo(Pattern request, CountDownLatch struck) {
        AtomicLong requests = new AtomicLong(1);
        return (link, direction, data, length) -> {
            if (direction == Direction.TO_SERVER
                    && request.matcher(new String(data, 0, length, ISO_8859_1)).find()
                    && requests.getAndDecrement() == 1) {
                link.mark();
                return Fate.PASS;
            }
            if (direction == Direction.TO_CLIENT && link.isMarked()) {
                struck.countDown();
                return Fate.CUT;
            }
            return Fate.PASS;
        };
    }

    /** Half-open: what goes in that direction is read and never arrives. */
    static Interference swallow(Direction swallowed) {
        return (link, direction, data, length) -> {
            if (direction != swallowed) {
                return Fate.PASS;
            }
            link.mark();
            return Fate.SWALLOW;
        };
    }

    /** Everything arrives that much later. */
    static Interference delay(long millis) {
        return delay(millis, millis);
    }

    /** Each piece arrives that much later, by chance, so that connections overtake one another; within a connection nothing does. */
    static Interference delay(long leastMillis, long mostMillis) {
        return (link, direction, data, length) -> {
            try {
                Thread.sleep(ThreadLocalRandom.current().nextLong(leastMillis, mostMillis + 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Fate.PASS;
        };
    }
}
