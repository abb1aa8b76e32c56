package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.wire.Seat;
import io.reliablemq.broker.embedded.wire.Seats;
import java.nio.file.Path;
import java.util.Map;

/** What the cluster is started with. */
record ServerSettings(Path dataDirectory, Seats seats, int proxyPort, int nameServerPort, DiskSettings disk) {

    /** From so many on a controller elects the master among them. */
    static final int CONTROLLED = 3;

    static ServerSettings from(Map<String, String> arguments) {
        return new ServerSettings(
                Path.of(Arguments.text(arguments, "dataDirectory")),
                new Seats(Arguments.number(arguments, "brokers"), Arguments.number(arguments, "replicas")),
                Arguments.number(arguments, "proxyPort"),
                Arguments.number(arguments, "nameServerPort"),
                DiskSettings.from(arguments));
    }

    int brokers() {
        return seats.brokers();
    }

    int replicas() {
        return seats.replicas();
    }

    boolean isControlled() {
        return replicas() >= CONTROLLED;
    }

    Path directory(Seat seat) {
        return dataDirectory.resolve(seat.name());
    }
}
