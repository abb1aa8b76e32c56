package io.reliablemq.testdatabases;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/**
 * How many tests ran on each database. One properties file per module and database, {@code MODULE.DATABASE} in
 * {@code target/databases}, holds one count per test class, so that a class that runs again does not count twice and
 * several JVMs of a module add up.
 */
final class DatabaseRuns {

    private static final String NOT_AVAILABLE = "not-available";

    private final Map<TestDatabase, Properties> byDatabase = new EnumMap<>(TestDatabase.class);

    static Path folder(Path root) {
        return root.resolve("target").resolve("databases");
    }

    /** Reads what every module wrote; nothing when there is no folder. */
    static DatabaseRuns read(Path root) {
        DatabaseRuns runs = new DatabaseRuns();
        if (Files.isDirectory(folder(root))) {
            for (TestDatabase database : TestDatabase.values()) {
                runs.readFilesOf(database, root);
            }
        }
        return runs;
    }

    synchronized void executed(TestDatabase database, String className) {
        of(database)
                .merge(
                        className,
                        "1",
                        (count, one) ->
                                String.valueOf(Integer.parseInt((String) count) + Integer.parseInt((String) one)));
    }

    synchronized void notAvailable(TestDatabase database, String reason) {
        of(database).setProperty(NOT_AVAILABLE, reason);
    }

    /** The number of tests that ran on {@code database}. */
    synchronized int count(TestDatabase database) {
        Properties counts = of(database);
        return counts.stringPropertyNames().stream()
                .filter(name -> !name.equals(NOT_AVAILABLE))
                .mapToInt(name -> Integer.parseInt(counts.getProperty(name)))
                .sum();
    }

    /** Why no test ran on {@code database}, if it was not available. */
    synchronized String reasonNotRun(TestDatabase database) {
        return of(database).getProperty(NOT_AVAILABLE, "no test of this build was executed on it");
    }

    synchronized void write(Path root, String module) {
        byDatabase.forEach((database, counts) -> write(folder(root).resolve(module + "." + database.tag()), counts));
    }

    private Properties of(TestDatabase database) {
        return byDatabase.computeIfAbsent(database, key -> new Properties());
    }

    private static void write(Path file, Properties counts) {
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel = FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                Properties all = new Properties();
                all.load(Channels.newInputStream(channel));
                all.putAll(counts);
                channel.truncate(0);
                OutputStream out = Channels.newOutputStream(channel);
                all.store(out, null);
            }
        } catch (IOException ex) {
            throw new UncheckedIOException("The number of tests per database was not written to " + file, ex);
        }
    }

    private void readFilesOf(TestDatabase database, Path root) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(root), "*." + database.tag())) {
            for (Path file : files) {
                Properties counts = new Properties();
                try (InputStream in = Files.newInputStream(file)) {
                    counts.load(in);
                }
                counts.forEach((name, value) -> of(database).put(keyIn(file, (String) name), value));
            }
        } catch (IOException ex) {
            throw new UncheckedIOException("The number of tests per database is not readable in " + folder(root), ex);
        }
    }

    /** Two modules may have a class of the same name. */
    private static String keyIn(Path file, String name) {
        return name.equals(NOT_AVAILABLE) ? name : file.getFileName() + "/" + name;
    }
}
