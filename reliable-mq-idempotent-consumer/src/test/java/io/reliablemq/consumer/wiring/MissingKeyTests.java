package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.DeadLetters.Replayed;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.MissingKey;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Instances that hand back what has no key until one can tell it, or set it aside, once. */
@DatabaseTest(TestDatabase.H2)
class MissingKeyTests extends ListenerFixture {

    private static final RetryPolicy QUICK = new RetryPolicy(2, Duration.ofMillis(5), 2, Duration.ofMillis(20));

    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void stop() {
        instances.forEach(Instance::stop);
    }

    @Test
    void whatHasNoKeyStaysWithTheBrokerUntilAnInstanceCanTellIt() {
        broker.publish(Messages.message(null, "keyless"));
        publish("m", 20);
        Instance first = new Instance("first", false);
        Instance second = new Instance("second", false);

        await().until(() -> first.keyless.get() > QUICK.maxAttempts() && second.keyless.get() > QUICK.maxAttempts());
        await().until(() -> broker.remaining() == 1);
        assertThat(effects()).hasSize(20).noneMatch(effect -> effect.endsWith("keyless"));
        assertThatNothingIsKeptOfIt();

        second.stop();
        int before = first.keyless.get();
        await().until(() -> first.keyless.get() > before + 1);
        first.stop();
        assertThat(broker.remaining()).isEqualTo(1);
        assertThatNothingIsKeptOfIt();

        new Instance("third", true);
        drained();
        assertThat(effects()).hasSize(21).contains("third keyless");
        assertThat(infrastructure.deadLetters().count(Letters.all())).isZero();
    }

    final class Texts {

        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(String text) {
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void whatHasNoKeyAndComesAgainIsOneLetterAndAppliedOnceByAReplay() {
        broker.loseAcknowledgements = 3;
        broker.publish(Messages.message(null, "keyless"));
        broker.publish(Messages.message(null, "keyless"));
        run(new Texts());
        drained();
        assertThat(broker.deliveries).containsEntry("null", 5);

        DeadLetters letters = infrastructure.deadLetters();
        Letters keyless = Letters.ofGroup("g").reason(DeadLetterReason.MISSING_KEY);
        assertThat(letters.count(Letters.all())).isEqualTo(2);
        assertThat(letters.replay(keyless, new Pace(10, 1_000), Action.by("alice", "by the test")))
                .isEqualTo(new Replayed(2, 0, 0, false));
        assertThat(effects()).containsExactly("keyless", "keyless");
    }

    private void assertThatNothingIsKeptOfIt() {
        assertThat(broker.acknowledged).hasValue(20);
        assertThat(infrastructure.deadLetters().count(Letters.all())).isZero();
        assertThat(jdbc.queryForObject("select count(*) from reliable_mq_inbox", Integer.class))
                .isEqualTo(20);
        assertThat(jdbc.queryForObject("select count(*) from reliable_mq_inbox_failure", Integer.class))
                .isZero();
    }

    private final class Instance {

        private final String name;
        private final boolean keyed;
        private final ListenerInfrastructure parts;
        private final AtomicInteger keyless = new AtomicInteger();

        Instance(String name, boolean keyed) {
            this.name = name;
            this.keyed = keyed;
            parts = new ListenerInfrastructure(
                    dataSource,
                    new DataSourceTransactionManager(dataSource),
                    broker,
                    rejecting(),
                    ListenerObserver.NONE);
            parts.containers()
                    .register(new ListenerEndpoint(
                            "g",
                            name,
                            new Subscription("orders", "g", "*", false, false),
                            new ListenerPolicy(2, 1, true, keyed, Duration.ofDays(7), QUICK, List.of()),
                            this::prepare));
            instances.add(this);
            parts.containers().start();
        }

        private PreparedMessage prepare(ReceivedMessage message) {
            if (message.id() == null) {
                keyless.incrementAndGet();
            }
            String text = new String(message.payload(), UTF_8);
            return new PreparedMessage() {
                @Override
                public String key() {
                    return keyed ? text : null;
                }

                @Override
                public void handle() {
                    jdbc.update("insert into effect values (?)", name + " " + text);
                }
            };
        }

        void stop() {
            parts.containers().stop();
        }
    }

    private static ConsumerSettings rejecting() {
        ConsumerSettings defaults = ConsumerSettings.defaults();
        return new ConsumerSettings(
                defaults.concurrency(),
                defaults.coalesce(),
                false,
                true,
                defaults.invisible(),
                defaults.shutdownTimeout(),
                defaults.dedupWindow(),
                defaults.skewMargin(),
                QUICK,
                defaults.maxUncountedDeliveries(),
                defaults.outage(),
                defaults.purgeInterval(),
                defaults.purgeBatch(),
                MissingKey.REJECT,
                defaults.fatal());
    }
}
