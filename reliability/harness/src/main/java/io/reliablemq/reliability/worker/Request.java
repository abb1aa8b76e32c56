package io.reliablemq.reliability.worker;

import java.util.Random;

/**
 * One transaction, drawn from the seed.
 *
 * @param rollback whether it is rolled back after everything was written
 * @param annotated whether the message is sent by annotation, or else with the {@code Outbox}
 */
record Request(String id, String account, boolean rollback, boolean annotated, long pauseMs, int size) {

    private static final int ROLLBACKS_PERCENT = 10;
    private static final int ANNOTATED_PERCENT = 75;
    private static final int SLOW_PER_THOUSAND = 2;
    private static final int INVISIBLE_MS = 10_000;

    static Request draw(String id, Random random, int keys) {
        return new Request(
                id,
                "k" + random.nextInt(keys),
                random.nextInt(100) < ROLLBACKS_PERCENT,
                random.nextInt(100) < ANNOTATED_PERCENT,
                pause(random),
                size(random));
    }

    Request atLeast(int bytes) {
        return size >= bytes ? this : new Request(id, account, rollback, annotated, pauseMs, bytes);
    }

    String padding() {
        Random random = new Random(id.hashCode());
        return random.ints(size, ' ', '~' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /**
     * Mostly none or a few milliseconds, rarely 0.1 to 1.3 times the invisible time: what takes longer than the time between two faults begins
     * again with each of them, and is late by itself.
     */
    private static int pause(Random random) {
        int draw = random.nextInt(1_000);
        if (draw < SLOW_PER_THOUSAND) {
            return INVISIBLE_MS / 10 + random.nextInt(INVISIBLE_MS * 6 / 5);
        }
        return draw < 700 ? 0 : random.nextInt(20);
    }

    private static int size(Random random) {
        int draw = random.nextInt(1_000);
        if (draw < 2) {
            return 500_000;
        }
        return draw < 50 ? random.nextInt(30_000) : random.nextInt(1_000);
    }
}
