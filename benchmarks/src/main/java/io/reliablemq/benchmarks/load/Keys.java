package io.reliablemq.benchmarks.load;

/** The ordering keys of an ordered workload: message n has key n modulo their number. */
public final class Keys {

    public static final int COUNT = 100;

    private Keys() {}

    public static int indexOf(int sequence) {
        return sequence % COUNT;
    }

    public static String of(int sequence) {
        return "key-" + indexOf(sequence);
    }
}
