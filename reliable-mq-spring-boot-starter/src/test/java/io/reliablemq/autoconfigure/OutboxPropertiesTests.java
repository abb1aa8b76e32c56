package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ProducerApplication.count;
import static io.reliablemq.autoconfigure.ProducerApplication.delayed;
import static io.reliablemq.autoconfigure.ProducerApplication.send;
import static io.reliablemq.autoconfigure.ProducerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** What each property of the write side changes. */
@ExtendWith(OutputCaptureExtension.class)
class OutboxPropertiesTests {

    private static final String NO_RELAY = "reliable-mq.outbox.relay.enabled=false";

    private final ProducerApplication application = new ProducerApplication(TestDatabase.H2.create());

    @Test
    void withoutTheOutboxThereIsNothingOfIt() {
        application
                .with("reliable-mq.outbox.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Outbox.class));
    }

    @Test
    void theHandOverTimeDecidesWhichDelayedMessagesWaitInTheDatabase() {
        application.with(NO_RELAY, "reliable-mq.outbox.hand-over=1m").run(context -> {
            send(context, delayed(Duration.ofSeconds(50)));
            send(context, delayed(Duration.ofSeconds(70)));
            assertThat(count(context, "reliable_mq_outbox")).isEqualTo(1);
            assertThat(count(context, "reliable_mq_outbox_due")).isEqualTo(1);
        });
    }

    @Test
    void aLongerHandOverTimeNeedsABrokerThatAcceptsLongerDelays() {
        application.with(NO_RELAY, "reliable-mq.outbox.hand-over=2d").run(context -> assertThat(context)
                .hasFailed());
        application
                .with(NO_RELAY, "reliable-mq.outbox.hand-over=2d", "reliable-mq.outbox.max-delay=3d")
                .run(context -> {
                    send(context, delayed(Duration.ofDays(2)));
                    assertThat(count(context, "reliable_mq_outbox")).isEqualTo(1);
                });
    }

    @Test
    void admissionRefusesBeyondTheNumberOfMessagesOnceItHasMeasured() {
        application
                .with(
                        NO_RELAY,
                        "reliable-mq.outbox.admission.policy=refuse",
                        "reliable-mq.outbox.admission.max-rows=3",
                        "reliable-mq.outbox.admission.refresh=100ms")
                .run(context -> {
                    until(() -> isRefused(context));
                    assertThat(count(context, "reliable_mq_outbox")).isGreaterThanOrEqualTo(4);
                });
    }

    @Test
    void admissionMeasuresAgainAfterTheRefreshTime() {
        application.broker = message -> ProducerApplication.UNKNOWN;
        application
                .with(
                        "reliable-mq.outbox.admission.policy=refuse",
                        "reliable-mq.outbox.admission.max-rows=3",
                        "reliable-mq.outbox.admission.refresh=1h")
                .run(context -> {
                    send(context, text());
                    application.during(2, () -> 0);
                    for (int i = 0; i < 20; i++) {
                        send(context, text());
                    }
                });
    }

    @Test
    void admissionRefusesWhenTheOldestMessageHasWaitedTooLong() {
        application
                .with(
                        NO_RELAY,
                        "reliable-mq.outbox.admission.policy=refuse",
                        "reliable-mq.outbox.admission.max-age=1m",
                        "reliable-mq.outbox.admission.refresh=100ms")
                .run(context -> {
                    send(context, text());
                    ProducerApplication.jdbc(context)
                            .update("UPDATE reliable_mq_outbox SET written_at_ms = written_at_ms - 120000");
                    until(() -> isRefused(context));
                });
    }

    @Test
    void admissionWarnsOrIsOff(CapturedOutput output) {
        application.broker = message -> ProducerApplication.UNKNOWN;
        String[] full = {"reliable-mq.outbox.admission.max-rows=1", "reliable-mq.outbox.admission.refresh=100ms"};
        application
                .with(full)
                .withPropertyValues("reliable-mq.outbox.admission.policy=off")
                .run(context -> {
                    for (int i = 0; i < 5; i++) {
                        send(context, text());
                        application.during(1, () -> 0);
                    }
                    assertThat(output).doesNotContain("max-rows");
                });
        application
                .with(full)
                .withPropertyValues("reliable-mq.outbox.admission.policy=warn")
                .run(context -> until(() -> {
                    send(context, text());
                    return output.getAll().contains("max-rows");
                }));
    }

    @Test
    void compressionShrinksPayloadsFromTheThresholdOnAndRefusesTooLargeOnes() {
        application
                .with(
                        NO_RELAY,
                        "reliable-mq.outbox.compression.enabled=true",
                        "reliable-mq.outbox.compression.threshold=100B",
                        "reliable-mq.outbox.compression.max-size=1000B")
                .run(context -> {
                    send(context, OutboxMessage.to("topic").payload("a".repeat(50)));
                    send(context, OutboxMessage.to("topic").payload("a".repeat(500)));
                    JdbcTemplate jdbc = ProducerApplication.jdbc(context);
                    assertThat(jdbc.queryForList(
                                    "SELECT content_type FROM reliable_mq_outbox ORDER BY id", String.class))
                            .first()
                            .asString()
                            .doesNotContain("gzip");
                    assertThat(count(context, "reliable_mq_outbox WHERE content_type LIKE '%gzip%'"))
                            .isEqualTo(1);
                    assertThatThrownBy(() ->
                                    send(context, OutboxMessage.to("topic").payload("a".repeat(1500))))
                            .isInstanceOf(MessageRejectedException.class)
                            .hasMessageContaining("1000");
                });
    }

    private static OutboxMessage text() {
        return OutboxMessage.to("topic").payload("text");
    }

    private static boolean isRefused(ApplicationContext context) {
        try {
            send(context, text());
            return false;
        } catch (OutboxOverloadedException e) {
            return true;
        }
    }
}
