package io.reliablemq.testdatabases;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Prints, at the end of the build, how many tests ran on each database. */
public final class DatabaseReport {

    private DatabaseReport() {}

    /**
     * Prints one line per database.
     *
     * @param arguments the root folder of the build, and {@code required} to fail unless all databases ran
     * @throws IllegalStateException if all were required and one did not run
     */
    public static void main(String... arguments) {
        DatabaseRuns runs = DatabaseRuns.read(Path.of(arguments[0]));
        Arrays.stream(TestDatabase.values())
                .map(database -> line(runs, database))
                .forEach(System.out::println);
        if (arguments.length > 1 && arguments[1].equals("required")) {
            requireAll(runs);
        }
    }

    static String line(DatabaseRuns runs, TestDatabase database) {
        int count = runs.count(database);
        return count > 0
                ? "database %-11s %d tests".formatted(database.tag(), count)
                : "database %-11s NOT RUN (%s)".formatted(database.tag(), runs.reasonNotRun(database));
    }

    static void requireAll(DatabaseRuns runs) {
        List<String> missing = Arrays.stream(TestDatabase.values())
                .filter(database -> runs.count(database) == 0)
                .map(database -> database.tag() + " (" + runs.reasonNotRun(database) + ")")
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "-Dreliable-mq.databases=required, but no test ran on " + String.join(", ", missing));
        }
    }
}
