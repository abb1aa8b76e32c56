package io.reliablemq.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTests {

    private static final Point LIMIT = new Point("postgresql", "limit", "ordered, ack 2 ms", "drain", "rows/s");

    private final Results results = new Results("drain", point -> point.withSubject("limit"));

    @Test
    void writeOnePlainLinePerPointWithTheVariantInQuotes(@TempDir Path folder) throws IOException {
        results.add(LIMIT, 1_234_567);
        results.add(LIMIT.withSubject("reliable-mq"), 2);
        results.add(LIMIT, 1_000_000.5);
        results.add(LIMIT, 3_000_000);

        results.writeTo(folder.resolve("new"));

        assertThat(folder.resolve("new/drain.csv")).hasContent("""
                        scenario,database,subject,variant,metric,unit,median,min,max,repetitions
                        drain,postgresql,limit,"ordered, ack 2 ms",drain,rows/s,1234567.000,1000000.500,3000000.000,3
                        drain,postgresql,reliable-mq,"ordered, ack 2 ms",drain,rows/s,2.000,2.000,2.000,1
                        """);
    }

    @Test
    void compareMediansWithThoseOfTheReference() {
        results.add(LIMIT, 100);
        results.add(LIMIT, 300);
        results.add(LIMIT.withSubject("reliable-mq"), 150);

        List<String> rows = printed();

        assertThat(rows)
                .filteredOn(row -> row.contains(" reliable-mq "))
                .singleElement(STRING)
                .endsWith(" 0.75");
        assertThat(rows)
                .filteredOn(row -> row.contains(" limit "))
                .singleElement(STRING)
                .endsWith(" 2");
    }

    @Test
    void tellHowManyTimesAnothersMedianOneIs() {
        results.add(LIMIT, 100);
        results.add(LIMIT, 300);
        results.add(LIMIT.withSubject("namastack"), 10);

        assertThat(results.times(LIMIT, LIMIT.withSubject("namastack"))).isEqualTo(20);
        assertThat(results.times(LIMIT, LIMIT.withSubject("another"))).isNaN();
    }

    @Test
    void haveNoRatioWhereTheReferenceWasNotMeasured() {
        results.add(LIMIT.withSubject("reliable-mq"), 150);

        assertThat(printed())
                .filteredOn(row -> row.contains(" reliable-mq "))
                .singleElement(STRING)
                .endsWith(" -");
    }

    private List<String> printed() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        results.print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(String::stripTrailing)
                .toList();
    }
}
