package io.reliablemq.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTests {

    @TempDir
    Path parent;

    @Test
    void areDeletedWhenNobodyOwnsThemAnyMore() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path unowned = directory("broker-1", "");
        Path ownedByTheDead = directory("broker-2", "process " + ended.pid());
        Path owned = directory("broker-3", "process " + ProcessHandle.current().pid());
        Path notUnderstood = directory("broker-4", "somebody");
        Path another = directory("other-5", "");
        Path fresh = directory("broker-6", "");
        Files.setLastModifiedTime(fresh, FileTime.from(Instant.now()));

        Leftovers.delete(parent, "broker-");

        assertThat(parent).isDirectoryNotContaining(path -> path.equals(unowned) || path.equals(ownedByTheDead));
        assertThat(owned).isNotEmptyDirectory();
        assertThat(notUnderstood).isNotEmptyDirectory();
        assertThat(another).isNotEmptyDirectory();
        assertThat(fresh).isNotEmptyDirectory();
    }

    private Path directory(String name, String owner) throws IOException {
        Path directory = Files.createDirectories(parent.resolve(name).resolve("config"));
        Files.writeString(directory.resolve("offsets.json"), "{}");
        if (!owner.isEmpty()) {
            Files.writeString(parent.resolve(name).resolve("embedded-broker.lock"), owner);
        }
        Files.setLastModifiedTime(
                parent.resolve(name), FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
        return parent.resolve(name);
    }
}
