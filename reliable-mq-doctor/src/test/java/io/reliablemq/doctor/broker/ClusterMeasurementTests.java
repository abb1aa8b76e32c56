package io.reliablemq.doctor.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures that cannot be seen are left out. */
class ClusterMeasurementTests {

    @Test
    void saysNothingWhereNobodyAnswers() {
        ClusterFigures figures = new ClusterMeasurement(ClusterAddress.of("127.0.0.1:1"), Duration.ofSeconds(10))
                .measure(List.of(new Reader("orders", "stock")));
        assertThat(figures).isEqualTo(new ClusterFigures(List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "17 B, 17",
        "1.5 KiB, 1536",
        "2.0 MiB, 2097152",
        "'1,5 KiB', 1536",
        "2.0 MB, 2000000",
        "'', -1",
        "much, -1",
        ". B, -1"
    })
    void readsSizesThatAreWrittenForPeople(String text, long bytes) {
        assertThat(BrokerMeasurement.bytes(text)).isEqualTo(bytes);
    }
}
