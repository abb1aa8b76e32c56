package io.reliablemq.reliability.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObservationTests {

    @TempDir
    Path folder;

    @Test
    void isReadAsItWasWritten() throws Exception {
        Path file = folder.resolve("consumer-1.observed");
        Observation last = new Observation(2_000, -30_000, 24, List.of("ordered", "single"));

        new Observation(1_000, 0, 0, List.of()).write(file);
        last.write(file);

        assertThat(Observation.read(file)).contains(last);
    }

    @Test
    void isNothingBeforeAnyWasWritten() throws Exception {
        assertThat(Observation.read(folder.resolve("nobody.observed"))).isEmpty();
    }
}
