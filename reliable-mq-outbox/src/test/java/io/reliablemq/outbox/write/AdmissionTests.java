package io.reliablemq.outbox.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.AdmissionSettings;
import io.reliablemq.outbox.spi.AdmissionSettings.Policy;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import io.reliablemq.outbox.spi.WriteObserver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class AdmissionTests {

    private static final Duration REFRESH = Duration.ofSeconds(5);

    private final DataSource dataSource = OutboxFixture.h2();
    private final JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    private final TransactionTemplate transaction =
            new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(dataSource)));
    private final Queue<Runnable> measurements = new ArrayDeque<>();
    private final AtomicInteger warned = new AtomicInteger();
    private final WriteObserver observer = new WriteObserver() {
        @Override
        public void warned() {
            warned.incrementAndGet();
        }
    };
    private final OutboxFixture.Direct direct = new OutboxFixture.Direct();
    private OutboxStore store;
    private long now = Long.MAX_VALUE - 10;

    @BeforeEach
    void createTables() {
        JdbcOutbox tables = JdbcOutbox.on(dataSource);
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + tables.dialect().scripts())
                .load()
                .migrate();
        store = tables.store();
        tables.lanes().layout(16);
    }

    private static AdmissionSettings settings(Policy policy, long maxRows) {
        return new AdmissionSettings(policy, maxRows, Duration.ofMinutes(10), REFRESH);
    }

    private Admission admission(Policy policy) {
        return new Admission(store, settings(policy, 2), observer, () -> now, measurements::add);
    }

    private void measured(Admission admission) {
        now += REFRESH.toNanos();
        try {
            admission.check();
        } catch (OutboxOverloadedException e) {
            assertThat(e).hasMessageContaining("max-rows");
        }
        measurements.remove().run();
    }

    private void write(int messages) {
        TransactionalOutbox outbox = outbox(AdmissionSettings.OFF);
        transaction.executeWithoutResult(status -> {
            for (int i = 0; i < messages; i++) {
                outbox.send("orders", "payload");
            }
        });
    }

    private TransactionalOutbox outbox(AdmissionSettings settings) {
        return TransactionalOutbox.on(dataSource)
                .store(store)
                .layout(() -> new LaneLayout(16))
                .feed(new OutboxFixture.Feed())
                .rules(message -> {})
                .converter(payload -> new Converted(payload.toString().getBytes(StandardCharsets.UTF_8), "text/plain"))
                .admission(settings)
                .direct(direct)
                .build();
    }

    @Test
    void refusesBeyondTheNumberOfRowsAndTakesMessagesAgainWhenTheyAreGone() {
        Admission admission = admission(Policy.REFUSE);
        write(2);
        measured(admission);
        assertThatCode(admission::check).doesNotThrowAnyException();

        write(1);
        measured(admission);
        assertThatThrownBy(admission::check)
                .isInstanceOf(OutboxOverloadedException.class)
                .hasMessageContaining("more than 2 messages")
                .hasMessageContaining("nothing was sent")
                .hasMessageContaining("reliable-mq.outbox.admission");

        jdbc.update("DELETE FROM reliable_mq_outbox");
        measured(admission);
        assertThatCode(admission::check).doesNotThrowAnyException();
    }

    @Test
    void refusesBeyondTheAge() {
        Admission admission = admission(Policy.REFUSE);
        write(1);
        jdbc.update("UPDATE reliable_mq_outbox SET written_at_ms = written_at_ms - 601000");

        measured(admission);

        assertThatThrownBy(admission::check).hasMessageContaining("the oldest for PT10M1");
    }

    @Test
    void refusesNothingOnAFigureThatIsUnknownOrOld() {
        Admission admission = admission(Policy.REFUSE);
        write(3);
        assertThatCode(admission::check).doesNotThrowAnyException();

        measurements.remove().run();
        assertThatThrownBy(admission::check).isInstanceOf(OutboxOverloadedException.class);

        now += 3 * REFRESH.toNanos() + 1;
        assertThatCode(admission::check).doesNotThrowAnyException();
    }

    @Test
    void refusesNothingWhenTheDatabaseDoesNotAnswerTheMeasurement() {
        Admission admission = admission(Policy.REFUSE);
        write(3);
        measured(admission);
        jdbc.execute("ALTER TABLE reliable_mq_outbox RENAME TO hidden");

        measured(admission);
        assertThatCode(admission::check).doesNotThrowAnyException();

        jdbc.execute("ALTER TABLE hidden RENAME TO reliable_mq_outbox");
        measured(admission);
        assertThatThrownBy(admission::check).isInstanceOf(OutboxOverloadedException.class);
    }

    @Test
    void measuresOnceHoweverManyAsk() {
        Admission admission = admission(Policy.REFUSE);
        for (int i = 0; i < 10; i++) {
            now += REFRESH.toNanos();
            admission.check();
        }
        assertThat(measurements).hasSize(1);
    }

    @Test
    void goesOnWithoutAThreadToMeasure() {
        Admission admission = new Admission(store, settings(Policy.REFUSE, 2), observer, () -> now, task -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        assertThatCode(admission::check).doesNotThrowAnyException();
    }

    @Test
    void warnsOnceAMinute(CapturedOutput output) {
        Admission admission = admission(Policy.WARN);
        write(3);
        measured(admission);

        admission.check();
        admission.check();
        assertThat(output.getOut().split("more than 2 messages wait", -1)).hasSize(2);
        assertThat(warned).hasValue(2);

        now += Duration.ofMinutes(1).toNanos();
        measured(admission);
        admission.check();
        assertThat(output.getOut().split("more than 2 messages wait", -1)).hasSize(3);
    }

    @Test
    void measuresOffTheCallersThreadAndNeedsNoSecondConnectionOfIt() {
        write(3);
        TransactionalOutbox outbox = outbox(settings(Policy.REFUSE, 2));

        Awaitility.await().until(() -> refuses(outbox));
        assertThat(store.backlog().rows()).isEqualTo(3);
    }

    private boolean refuses(TransactionalOutbox outbox) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            status.setRollbackOnly();
            try {
                outbox.send(OutboxMessage.to("orders").payload("one more"));
                return false;
            } catch (OutboxOverloadedException e) {
                return true;
            }
        }));
    }

    @Test
    void refusesNothingThatGoesPastTheOutbox() {
        write(3);
        TransactionalOutbox outbox = outbox(settings(Policy.REFUSE, 2));
        Awaitility.await().until(() -> refuses(outbox));

        outbox.send(OutboxMessage.to("logs").mode(SendMode.DIRECT).payload("a"));

        assertThat(direct.sent).containsExactly("a");
    }

    @Test
    void neitherMeasuresNorRefusesWhenItIsOff() {
        write(3);
        Admission admission = admission(Policy.OFF);

        assertThatCode(admission::check).doesNotThrowAnyException();
        assertThat(measurements).isEmpty();
    }
}
