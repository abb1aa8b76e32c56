package io.reliablemq.benchmarks.load;

import java.util.stream.IntStream;

/** The ordering keys of an ordered workload: message n has key n modulo their number. */
public final class Keys {

    public static final int COUNT = 100;

    private Keys() {}

    public static int indexOf(int sequence) {
        return sequence % COUNT;
    }

    /** The messages of one of several processes: each key, and each message without order, has one of them. */
    public static int[] shareOf(int rows, int number, int shares) {
        return IntStream.range(0, rows)
                .filter(sequence -> indexOf(sequence) % shares == number)
                .toArray();
    }

    public static String of(int sequence) {
        return "key-" + indexOf(sequence);
    }
}
