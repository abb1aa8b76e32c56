package io.reliablemq.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deletes a directory that a broker still writes to. What cannot be deleted is left where temporary files are. */
record Deletion(Path directory) implements Runnable {

    private static final int ATTEMPTS = 5;

    @Override
    public void run() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(directory); attempt++) {
            content().forEach(Deletion::delete);
        }
    }

    private List<Path> content() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | RuntimeException e) {
            // something was deleted meanwhile
            return List.of(directory);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // something was written meanwhile
        }
    }
}
