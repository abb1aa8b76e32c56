package io.reliablemq.test;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The brokers of this test JVM: they are never closed, and what they wrote is deleted when the JVM ends. */
final class SharedBrokers {

    /** Where the data directories are made, if not where temporary files are. */
    static final String DIRECTORY = "reliable-mq.test.directory";

    private static final String NAME = "reliable-mq-test-";

    private static final Map<Wanted, EmbeddedBroker> RUNNING = new HashMap<>();

    private SharedBrokers() {}

    static EmbeddedBroker running(BrokerMode mode, int replicas) {
        synchronized (RUNNING) {
            return RUNNING.computeIfAbsent(new Wanted(mode, replicas), SharedBrokers::start);
        }
    }

    private static EmbeddedBroker start(Wanted wanted) {
        Path data = dataDirectory();
        Runtime.getRuntime().addShutdownHook(new Thread(new Deletion(data), "reliable-mq-test-clean-up"));
        return EmbeddedBroker.start(
                EmbeddedBrokerSettings.in(data).withMode(wanted.mode()).withReplicas(wanted.replicas()));
    }

    private static Path dataDirectory() {
        Path parent = Path.of(System.getProperty(DIRECTORY, System.getProperty("java.io.tmpdir")));
        try {
            Leftovers.delete(Files.createDirectories(parent), NAME);
            return Files.createTempDirectory(parent, NAME);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The broker of the tests cannot write to '%s': set the system property %s to a directory that can be written"
                            .formatted(parent, DIRECTORY),
                    e);
        }
    }

    private record Wanted(BrokerMode mode, int replicas) {}
}
