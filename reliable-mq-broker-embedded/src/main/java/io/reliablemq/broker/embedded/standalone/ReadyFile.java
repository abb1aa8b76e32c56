package io.reliablemq.broker.embedded.standalone;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** A file that is there, with the addresses in it, while the broker serves; or none. */
record ReadyFile(@Nullable Path path) {

    ReadyFile {
        if (path != null) {
            path = path.toAbsolutePath().normalize();
            Path parent = path.getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new IllegalArgumentException(
                        "ready-file is '%s', in a directory that does not exist: make it first, or name another file"
                                .formatted(path));
            }
        }
    }

    /** One that a killed process has left would be a lie. */
    void remove() throws IOException {
        if (path != null) {
            Files.deleteIfExists(path);
        }
    }

    void removeIfPossible() {
        try {
            remove();
        } catch (IOException e) {
            // the addresses in it answer no more
        }
    }

    /** Whoever sees it sees all of it. */
    void write(EmbeddedBroker broker) throws IOException {
        if (path != null) {
            Path partial = path.resolveSibling(path.getFileName() + ".partial");
            Files.writeString(
                    partial,
                    "endpoints=%s%nname-server=%s%npid=%d%n"
                            .formatted(
                                    broker.endpoints(),
                                    broker.nameServer(),
                                    ProcessHandle.current().pid()));
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
