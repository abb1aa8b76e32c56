package io.reliablemq.benchmarks.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The samples of one scenario, in the order in which their points were first seen. */
public final class Results {

    private static final String HEADER = "scenario,database,subject,variant,metric,unit,median,min,max,repetitions";

    private final String scenario;
    private final UnaryOperator<Point> reference;
    private final Map<Point, List<Double>> samples = new LinkedHashMap<>();

    /** @param reference the point that a point is compared with; itself for no comparison */
    public Results(String scenario, UnaryOperator<Point> reference) {
        this.scenario = scenario;
        this.reference = reference;
    }

    /** Also says so on standard error, so that a run that is broken off has not been for nothing. */
    public void add(Point point, double sample) {
        System.err.printf(
                Locale.ROOT,
                "%s %s, %s, %s, %s: %,.1f %s%n",
                scenario,
                point.database(),
                point.variant(),
                point.subject(),
                point.metric(),
                sample,
                point.unit());
        samples.computeIfAbsent(point, p -> new ArrayList<>()).add(sample);
    }

    public boolean isEmpty() {
        return samples.isEmpty();
    }

    /** How many times the other's median this one's is; NaN where one of them was not measured. */
    public double times(Point point, Point other) {
        return of(point).median() / of(other).median();
    }

    /** Writes {@code SCENARIO.csv}; the numbers are plain, without grouping. */
    public void writeTo(Path folder) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        samples.keySet().forEach(point -> lines.add(csv(point)));
        Files.createDirectories(folder);
        Files.write(folder.resolve(scenario + ".csv"), lines);
    }

    /** Prints the medians, their ranges, and their ratios to the reference's medians. */
    public void print(PrintStream out) {
        out.printf(Locale.ROOT, "%n%s%n", scenario);
        out.printf(
                "%-11s %-34s %-19s %-18s %12s %12s %12s %4s %7s%n",
                "database", "variant", "subject", "metric", "median", "min", "max", "n", "ratio");
        samples.keySet().forEach(point -> out.println(row(point)));
        out.println();
    }

    private String csv(Point point) {
        Samples of = of(point);
        return String.format(
                Locale.ROOT,
                "%s,%s,%s,\"%s\",%s,%s,%.3f,%.3f,%.3f,%d",
                scenario,
                point.database(),
                point.subject(),
                point.variant(),
                point.metric(),
                point.unit(),
                of.median(),
                of.min(),
                of.max(),
                of.repetitions());
    }

    private String row(Point point) {
        Samples of = of(point);
        Point other = reference.apply(point);
        return String.format(
                Locale.ROOT,
                "%-11s %-34s %-19s %-18s %,12.1f %,12.1f %,12.1f %4d %7s",
                point.database(),
                point.variant(),
                point.subject(),
                point.metric() + " " + point.unit(),
                of.median(),
                of.min(),
                of.max(),
                of.repetitions(),
                other.equals(point) ? "" : ratio(of, samples.get(other)));
    }

    private static String ratio(Samples of, @Nullable List<Double> reference) {
        return reference == null
                ? "-"
                : String.format(
                        Locale.ROOT, "%.2f", of.median() / samples(reference).median());
    }

    private Samples of(Point point) {
        return samples(samples.getOrDefault(point, List.of(Double.NaN)));
    }

    private static Samples samples(List<Double> values) {
        return new Samples(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
