package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.wire.Seat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who decides which broker is the master is part of a data directory's format: without the controller the first broker is, and
 * it may lack what the others have acknowledged; with a new controller any of them could be.
 */
final class Layout {

    private static final int CONTROLLED = 3;

    private Layout() {}

    static void require(EmbeddedBrokerSettings settings) {
        Path data = settings.dataDirectory();
        Path controller = data.resolve("controller");
        boolean wasControlled = Files.exists(controller);
        boolean isControlled = settings.replicas() == CONTROLLED;
        boolean isNew = !wasControlled && !Files.exists(data.resolve("broker-0"));
        if (wasControlled != isControlled && !isNew) {
            throw new EmbeddedBrokerException(
                    "Data directory '%s' was made with %s and replicas is %d now: use what it was made with, or another data directory"
                            .formatted(data, wasControlled ? "3 replicas" : "1 or 2 replicas", settings.replicas()));
        }
        requireBrokers(settings);
        if (isControlled) {
            create(controller);
        }
    }

    /** With fewer nobody would receive what the others hold. */
    private static void requireBrokers(EmbeddedBrokerSettings settings) {
        Path next = settings.dataDirectory().resolve(new Seat(settings.brokers(), 0).name());
        if (Files.exists(next)) {
            throw new EmbeddedBrokerException(
                    "Data directory '%s' was made with more brokers than %d, which still hold messages ('%s'): use as many, or another data directory"
                            .formatted(settings.dataDirectory(), settings.brokers(), next.getFileName()));
        }
    }

    private static void create(Path controller) {
        try {
            Files.createDirectories(controller);
        } catch (IOException e) {
            throw new EmbeddedBrokerException("'%s' cannot be made (%s)".formatted(controller, e), e);
        }
    }
}
