package io.reliablemq.doctor.examination;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.DatabaseFacts.Vendor;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ExaminationTests {

    private static final DatabaseFacts DATABASE = new DatabaseFacts(
            Vendor.H2, "H2", Map.of("PATH", "/data", "WRITE_DELAY", "0"), Set.of(), Duration.ZERO, Duration.ZERO);

    private final CountDownLatch answers = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void doesNotWaitForADatabaseThatHangsAndDoesNotAskItAgainMeanwhile() {
        Doctor doctor = doctor(() -> {
            asked.incrementAndGet();
            answers.await();
            return new Known<>(DATABASE);
        });
        assertThat(database(doctor)).contains("has not answered in time");
        assertThat(database(doctor)).contains("has not answered in time");
        assertThat(asked).hasValue(1);

        answers.countDown();
        Awaitility.await().untilAsserted(() -> assertThat(doctor.examine().notOk())
                .extracting(Finding::rule)
                .containsExactly("cluster"));
        doctor.examine();
        assertThat(asked.get()).isGreaterThan(1);
    }

    @Test
    void takesAFailureForAnUnknown() {
        Doctor doctor = doctor(() -> {
            throw new SQLException("refused");
        });
        assertThat(database(doctor)).contains("cannot be asked", "refused");
        assertThat(database(doctor)).contains("refused");
    }

    @Test
    void remembersTheLastOne() {
        Doctor doctor = doctor(() -> new Known<>(DATABASE));
        assertThat(doctor.latest()).isEmpty();
        assertThat(doctor.examine()).isEqualTo(doctor.latest().orElseThrow());
    }

    private static String database(Doctor doctor) {
        return doctor.examine().notOk().stream()
                .filter(finding -> finding.rule().equals("database"))
                .findFirst()
                .orElseThrow()
                .reason();
    }

    private static Doctor doctor(Source<DatabaseFacts> database) {
        ApplicationFacts application =
                new ApplicationFacts(2, Duration.ofSeconds(3), Duration.ofHours(1), false, null, Set.of(), List.of());
        return new Examination(
                () -> application, database, facts -> new Unknown<>("nobody", "Look"), Duration.ofMillis(200));
    }
}
