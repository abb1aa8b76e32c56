package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.direct.DirectSender;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.DirectObserver;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;

/** Each property of {@code reliable-mq.direct} has its effect. */
class DirectSendingTests {

    private final Database database = TestDatabase.H2.create();
    private final AtomicInteger attempts = new AtomicInteger();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private volatile CompletableFuture<SendOutcome> answer =
            CompletableFuture.completedFuture(new SendOutcome.Unknown("nobody answers"));
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class))
            .withBean(MessageSender.class, () -> message -> {
                attempts.incrementAndGet();
                return answer;
            })
            .withBean("one", DirectObserver.class, () -> observer("one"))
            .withBean("other", DirectObserver.class, () -> observer("other"))
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "reliable-mq.outbox.relay.enabled=false",
                    "reliable-mq.direct.retry-initial=1ms",
                    "reliable-mq.direct.retry-max=2ms",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    private DirectObserver observer(String name) {
        return new DirectObserver() {
            @Override
            public void sent(OutgoingMessage message, long nanos) {
                seen.add(name + " sent");
            }

            @Override
            public void lost(OutgoingMessage message, Loss loss, String detail) {
                seen.add(name + " " + loss);
            }
        };
    }

    private static void send(ApplicationContext context, int bytes) {
        context.getBean(Outbox.class)
                .send(OutboxMessage.to("logs").mode(SendMode.DIRECT).payload(new byte[bytes]));
    }

    private void untilSeen(String... what) {
        Awaitility.await().untilAsserted(() -> assertThat(seen).containsExactly(what));
    }

    @Test
    void sendsWithoutTransactionAndRelayAndTellsEveryObserver() {
        answer = CompletableFuture.completedFuture(new SendOutcome.Stored());
        application.run(context -> {
            send(context, 1);
            untilSeen("one sent", "other sent");
            assertThat(context.getBean(JdbcOutbox.class).store().backlog().rows())
                    .isZero();
        });
    }

    @Test
    void makesAsManyAttemptsAsItIsTold() {
        application.withPropertyValues("reliable-mq.direct.max-attempts=5").run(context -> {
            send(context, 1);
            untilSeen("one UNANSWERED", "other UNANSWERED");
            assertThat(attempts).hasValue(5);
        });
    }

    /** Within the default of 10 s there would be time for more. */
    @Test
    void beginsNoAttemptThatWouldComeAfterTheTimeLimit() {
        application
                .withPropertyValues(
                        "reliable-mq.direct.timeout=1s",
                        "reliable-mq.direct.retry-initial=3s",
                        "reliable-mq.direct.retry-max=3s")
                .run(context -> {
                    send(context, 1);
                    untilSeen("one UNANSWERED", "other UNANSWERED");
                    assertThat(attempts).hasValue(1);
                });
    }

    @Test
    void pausesNoLongerThanItIsTold() {
        application
                .withPropertyValues(
                        "reliable-mq.direct.max-attempts=100",
                        "reliable-mq.direct.timeout=1h",
                        "reliable-mq.direct.retry-max=2ms")
                .run(context -> {
                    send(context, 1);
                    untilSeen("one UNANSWERED", "other UNANSWERED");
                    assertThat(attempts).hasValue(100);
                });
    }

    @Test
    void holdsAsManyMessagesAndBytesAsItIsTold() {
        answer = new CompletableFuture<>();
        application
                .withPropertyValues(
                        "reliable-mq.direct.max-in-flight=2",
                        "reliable-mq.direct.max-bytes=8MB",
                        "reliable-mq.direct.shutdown-timeout=1ms")
                .run(context -> {
                    send(context, 3_000_000);
                    assertThatThrownBy(() -> context.getBean(Outbox.class)
                                    .sendAll(Collections.nCopies(
                                            2,
                                            OutboxMessage.to("logs")
                                                    .mode(SendMode.DIRECT)
                                                    .payload(new byte[3_000_000]))))
                            .isInstanceOf(OutboxOverloadedException.class);
                    send(context, 1);
                    assertThatThrownBy(() -> send(context, 1)).isInstanceOf(OutboxOverloadedException.class);
                    assertThat(context.getBean(DirectSender.class).status().messages())
                            .isEqualTo(2);
                });
    }

    @Test
    void givesUpWhatHasNoAnswerWhenTheApplicationStops() {
        answer = new CompletableFuture<>();
        application
                .withPropertyValues("reliable-mq.direct.shutdown-timeout=10ms")
                .run(context -> {
                    send(context, 1);
                    Awaitility.await().until(() -> attempts.get() == 1);
                });
        assertThat(seen).containsExactly("one STOPPED", "other STOPPED");
    }

    @Test
    void waitsForAnAnswerWhenTheApplicationStops() {
        answer = new CompletableFuture<>();
        application
                .withPropertyValues("reliable-mq.direct.shutdown-timeout=" + Duration.ofMinutes(1))
                .run(context -> {
                    send(context, 1);
                    Awaitility.await().until(() -> attempts.get() == 1);
                    Thread stopping = Thread.currentThread();
                    new Thread(() -> {
                                Awaitility.await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
                                answer.complete(new SendOutcome.Stored());
                            })
                            .start();
                });
        assertThat(seen).containsExactly("one sent", "other sent");
    }
}
