package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Runs the scenarios on the databases, prints a table each and writes a CSV file each. */
public final class Benchmarks {

    private static final List<Scenario> SCENARIOS = List.of(
            new DrainScenario(),
            new WriteScenario(),
            new BrokerScenario(),
            new LatencyScenario(),
            new AcknowledgementScenario(),
            new TwoNodesScenario(),
            new GrowthScenario(),
            new IdleScenario(),
            new OverheadScenario(),
            new EffectsScenario(),
            new LowLoadScenario(),
            new InboxScenario(),
            new ReceiveScenario());

    private Benchmarks() {}

    /** See {@code benchmarks/run}. Exits with 1 when a message was lost, sent twice or out of order, or nothing was measured. */
    public static void main(String... arguments) {
        int status = 0;
        try {
            run(Options.parse(arguments));
        } catch (Throwable e) {
            e.printStackTrace();
            status = 1;
        }
        // servers and brokers end with the JVM, some of their threads would keep it
        System.exit(status);
    }

    private static void run(Options options) throws Exception {
        List<Scenario> scenarios = selected(options);
        deleteFiles(options.results());
        printMachine(options);
        for (Scenario scenario : scenarios) {
            Results results = new Results(scenario.name(), scenario::reference);
            for (TestDatabase vendor : options.databasesFor(scenarios.indexOf(scenario))) {
                try (BenchmarkDatabase database = BenchmarkDatabase.create(vendor)) {
                    System.out.println(scenario.name() + " on " + database.description());
                    scenario.run(database, options, results);
                }
                results.writeTo(options.results());
            }
            if (results.isEmpty()) {
                throw new IllegalStateException("The scenario " + scenario.name() + " has measured nothing");
            }
            results.print(System.out);
        }
    }

    private static List<Scenario> selected(Options options) {
        List<String> names = SCENARIOS.stream().map(Scenario::name).toList();
        if (!names.containsAll(options.scenarios())) {
            throw new IllegalArgumentException("--scenario is " + options.scenarios() + ": choose from " + names);
        }
        return SCENARIOS.stream()
                .filter(scenario ->
                        options.scenarios().isEmpty() || options.scenarios().contains(scenario.name()))
                .toList();
    }

    private static void deleteFiles(Path results) throws IOException {
        if (Files.isDirectory(results)) {
            try (Stream<Path> files = Files.list(results)) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".csv")).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void printMachine(Options options) {
        System.out.printf(
                Locale.ROOT,
                "JDK %s, %d cores, heap %d MB; %d repetitions, %d rows, peers %d rows%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() >> 20,
                options.repetitions(),
                options.rows(),
                options.peerRows());
    }
}
