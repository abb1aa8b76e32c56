package io.reliablemq.broker.embedded.wire;

/** One copy of one broker. The first copy of each is the master, unless a controller elects it. */
public record Seat(int broker, int copy) {

    /** Of its directory, its process and its ports. Those of the first broker have the names that they had when there was one only. */
    public String name() {
        return (broker == 0 ? "" : "group-" + broker + "-") + "broker-" + copy;
    }
}
