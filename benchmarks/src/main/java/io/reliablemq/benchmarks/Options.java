package io.reliablemq.benchmarks;

import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What to run.
 *
 * @param results the folder for the CSV files, emptied first
 * @param smoke small sizes, one repetition, one database for each scenario
 * @param scenarios names, empty for all
 * @param databases those asked for, or those that are available
 * @param repetitions samples per point
 * @param rows backlog of Reliable MQ and the limit
 * @param peerRows backlog of the peers, which would need minutes for the same
 * @param threads how many threads consume, one count after the other
 * @param replicas copies that the embedded broker keeps of a message before it acknowledges, 1 or 2
 */
record Options(
        Path results,
        boolean smoke,
        List<String> scenarios,
        List<TestDatabase> databases,
        int repetitions,
        int rows,
        int peerRows,
        List<Integer> threads,
        int replicas) {

    private static final String SMOKE = "--smoke";
    private static final List<String> WITH_VALUE = List.of(
            "--results",
            "--scenario",
            "--database",
            "--repetitions",
            "--rows",
            "--peer-rows",
            "--threads",
            "--replicas");
    /** Given twice they mean both; of the others the last one counts. */
    private static final List<String> LISTS = List.of("--scenario", "--database", "--threads");

    private static final List<TestDatabase> SERVERS =
            List.of(TestDatabase.POSTGRESQL, TestDatabase.MARIADB, TestDatabase.MYSQL);

    /** @throws IllegalArgumentException naming what is not understood */
    static Options parse(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals(SMOKE)) {
                values.put(name, "");
            } else if (WITH_VALUE.contains(name) && i + 1 < arguments.length) {
                i++;
                values.merge(name, arguments[i], (one, other) -> LISTS.contains(name) ? one + "," + other : other);
            } else {
                throw new IllegalArgumentException("\"" + name + "\" is not understood. Use " + SMOKE + " or "
                        + String.join(" VALUE, ", WITH_VALUE) + " VALUE");
            }
        }
        return of(values);
    }

    /** All of them; in a smoke run one after the other, each scenario has one. */
    List<TestDatabase> databasesFor(int scenario) {
        return smoke && !databases.isEmpty() ? List.of(databases.get(scenario % databases.size())) : databases;
    }

    private static Options of(Map<String, String> values) {
        boolean smoke = values.containsKey(SMOKE);
        return new Options(
                Path.of(values.getOrDefault("--results", "results")),
                smoke,
                names(values, "--scenario"),
                databases(names(values, "--database"), smoke),
                number(values, "--repetitions", smoke ? 1 : 5),
                number(values, "--rows", smoke ? 5_000 : 500_000),
                number(values, "--peer-rows", smoke ? 1_000 : 20_000),
                threads(names(values, "--threads")),
                replicas(values));
    }

    private static List<TestDatabase> databases(List<String> names, boolean smoke) {
        if (names.isEmpty()) {
            return SERVERS.stream()
                    .filter(TestDatabase::isAvailable)
                    .filter(database -> !smoke || database != TestDatabase.MYSQL)
                    .toList();
        }
        return names.stream()
                .map(name -> TestDatabase.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static List<Integer> threads(List<String> counts) {
        return counts.isEmpty()
                ? List.of(1, 8, 32)
                : counts.stream().map(Integer::valueOf).toList();
    }

    private static int replicas(Map<String, String> values) {
        int replicas = number(values, "--replicas", 1);
        if (replicas > 2) {
            throw new IllegalArgumentException("--replicas is " + replicas + ": use 1 or 2");
        }
        return replicas;
    }

    private static List<String> names(Map<String, String> values, String name) {
        String value = values.get(name);
        return value == null ? List.of() : Arrays.asList(value.split(","));
    }

    private static int number(Map<String, String> values, String name, int otherwise) {
        String value = values.get(name);
        int number = value == null ? otherwise : Integer.parseInt(value);
        if (number < 1) {
            throw new IllegalArgumentException(name + " is " + number + ": it must be at least 1");
        }
        return number;
    }
}
