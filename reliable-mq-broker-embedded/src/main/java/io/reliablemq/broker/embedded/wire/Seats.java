package io.reliablemq.broker.embedded.wire;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How many brokers there are, and how many copies of each. */
public record Seats(int brokers, int replicas) {

    /** Of all brokers. */
    public Stream<Seat> all() {
        return IntStream.range(0, brokers).boxed().flatMap(this::of);
    }

    /** Of one broker. */
    public Stream<Seat> of(int broker) {
        return IntStream.range(0, replicas).mapToObj(copy -> new Seat(broker, copy));
    }
}
