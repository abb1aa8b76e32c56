package io.reliablemq.test;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Directories of brokers whose JVM is gone: one that was killed, and the last files that a broker has written while its directory was
 * being deleted.
 */
final class Leftovers {

    /** Long enough for a broker to say whose directory it is. */
    private static final Duration NEW = Duration.ofMinutes(1);

    private static final String OWNER = "embedded-broker.lock";
    private static final Pattern PROCESS = Pattern.compile("process (\\d{1,18})");

    private Leftovers() {}

    /** @param name what the names of the directories begin with */
    static void delete(Path parent, String name) {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, name + "*")) {
            for (Path directory : directories) {
                if (isOld(directory) && !isOwned(directory)) {
                    new Deletion(directory).run();
                }
            }
        } catch (IOException e) {
            // another JVM deletes them, too
        }
    }

    private static boolean isOld(Path directory) throws IOException {
        return Files.getLastModifiedTime(directory)
                .toInstant()
                .isBefore(Instant.now().minus(NEW));
    }

    /** What is not understood is left alone. */
    private static boolean isOwned(Path directory) throws IOException {
        Path owner = directory.resolve(OWNER);
        if (!Files.exists(owner)) {
            return false;
        }
        Matcher process = PROCESS.matcher(Files.readString(owner));
        return !process.matches()
                || ProcessHandle.of(Long.parseLong(process.group(1))).isPresent();
    }
}
