package io.reliablemq.consumer.container;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What happens in one simulation, and when: all of it follows from the seed. */
final class Schedule {

    private final Random random;
    private final boolean recorded;
    private final List<String> record = new ArrayList<>();
    private long now;

    /** @param recorded whether it is written down; slow */
    Schedule(long seed, boolean recorded) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.recorded = recorded;
    }

    long now() {
        return now;
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long below(long bound) {
        return Math.floorMod(random.nextLong(), bound);
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    <T> T any(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    void note(Object... what) {
        if (recorded) {
            StringBuilder line = new StringBuilder(String.format("%,12d us  ", now / 1000));
            for (Object part : what) {
                line.append(part);
            }
            record.add(line.toString());
        }
    }

    List<String> record() {
        return record;
    }
}
