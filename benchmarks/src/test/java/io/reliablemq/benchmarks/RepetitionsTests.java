package io.reliablemq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepetitionsTests {

    private static final Point POINT = new Point("postgresql", "limit", "", "drain", "rows/s");

    private final Results results = new Results("drain", point -> point);
    private int rounds;

    private void measure(String... arguments) throws Exception {
        new Repetitions(Options.parse(arguments), results).of(samples -> {
            rounds++;
            samples.accept(POINT, rounds);
        });
    }

    @Test
    void doNotCountTheFirst(@TempDir Path folder) throws Exception {
        measure("--repetitions", "3");

        assertThat(rounds).isEqualTo(4);
        assertThat(written(folder)).endsWith("3.000,2.000,4.000,3");
    }

    @Test
    void countTheOnlyOneOfASmokeRun(@TempDir Path folder) throws Exception {
        measure("--smoke");

        assertThat(rounds).isEqualTo(1);
        assertThat(written(folder)).endsWith("1.000,1.000,1.000,1");
    }

    private String written(Path folder) throws IOException {
        results.writeTo(folder);
        return Files.readString(folder.resolve("drain.csv")).strip();
    }
}
