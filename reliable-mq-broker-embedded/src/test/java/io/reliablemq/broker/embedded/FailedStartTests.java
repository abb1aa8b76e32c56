package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that cannot read its log: what there is of it by then has no store that was opened, and no threads for requests. */
class FailedStartTests {

    @TempDir
    Path directory;

    @Test
    void leavesNoThreadBehind() throws Exception {
        Path log = Files.createDirectories(directory.resolve("broker-0").resolve("commitlog"));
        Files.writeString(log.resolve("0".repeat(20)), "no log");
        List<String> before = threads();

        assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory)))
                .isInstanceOf(EmbeddedBrokerException.class);

        Patience.until("of " + threads() + " are left " + before, () -> before.containsAll(threads()));
        assertThat(threads()).isSubsetOf(before);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && thread.isAlive())
                .map(Thread::getName)
                .toList();
    }
}
