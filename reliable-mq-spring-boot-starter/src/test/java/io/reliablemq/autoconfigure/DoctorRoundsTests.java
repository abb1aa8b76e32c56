package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.autoconfigure.DoctorProperties.OnFailure;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Nature;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.Findings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When it looks again. */
class DoctorRoundsTests {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    @Test
    void comeSoonAFewTimesWhileSomethingCannotBeSeen() {
        DoctorRounds rounds = rounds(INTERVAL);
        for (int i = 0; i < 5; i++) {
            assertThat(rounds.pauseAfter(findings(Status.UNKNOWN))).isEqualTo(SOON);
        }
        assertThat(rounds.pauseAfter(findings(Status.UNKNOWN))).isEqualTo(INTERVAL);
        assertThat(rounds.pauseAfter(findings(Status.FAIL))).isEqualTo(INTERVAL);
        assertThat(rounds.pauseAfter(findings(Status.UNKNOWN))).isEqualTo(SOON);
    }

    @Test
    void neverComeLaterThanConfigured() {
        assertThat(rounds(Duration.ofSeconds(1)).pauseAfter(findings(Status.UNKNOWN)))
                .isEqualTo(Duration.ofSeconds(1));
    }

    private static Findings findings(Status status) {
        return new Findings(List.of(new Finding("rule", "subject", status, Nature.STATE, "", "")), "");
    }

    private static DoctorRounds rounds(Duration interval) {
        Doctor nobody = new Doctor() {
            @Override
            public Findings examine() {
                throw new AssertionError("nobody asks");
            }

            @Override
            public Optional<Findings> latest() {
                return Optional.empty();
            }
        };
        return new DoctorRounds(
                nobody,
                new DoctorProperties(true, OnFailure.WARN, interval, Duration.ofSeconds(1), interval, "", null),
                findings -> {});
    }
}
