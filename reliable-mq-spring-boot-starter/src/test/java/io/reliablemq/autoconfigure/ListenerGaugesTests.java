package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ListenerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Backlog;
import io.reliablemq.doctor.facts.ClusterFigures.BrokerFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** Gauges of listeners, of their dead letters, and of the brokers that they read from. */
class ListenerGaugesTests {

    private static final Duration OFTEN = Duration.ofMillis(10);

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ListenerApplication broker = new ListenerApplication();

    static class Stock {

        @IdempotentListener(topic = "orders", consumerGroup = "group", id = "stock")
        void on(String order) {
            throw new FatalListenerException("as a test");
        }
    }

    private ApplicationContextRunner application() {
        return broker.with(new Stock(), "reliable-mq.listener.metrics.refresh=10ms")
                .withConfiguration(AutoConfigurations.of(ReliableMqListenerGaugesAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> meters);
    }

    /** Not a number where there is no such gauge. */
    private double value(String name, String... tags) {
        Gauge gauge = meters.find(name).tags(tags).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    private double state(String state) {
        return value("reliable.mq.listener.state", "listener", "stock", "group", "group", "state", state);
    }

    private double open() {
        return value("reliable.mq.listener.dead.letters.open", "group", "group");
    }

    @Test
    void showWhatAListenerIsDoing() {
        application().run(context -> {
            until(() -> state("running") == 1);
            assertThat(state("paused")).isZero();
            context.getBean(ListenerRegistry.class).pause("stock");
            until(() -> state("paused") == 1 && state("running") == 0);
        });
        assertThat(state("stopped")).isEqualTo(1);
        assertThat(documented()).containsAll(names());
    }

    @Test
    void showHowManyDeadLettersNobodyHasSettled() {
        application().run(context -> {
            until(() -> open() == 0);
            broker.publish("a");
            broker.publish("b");
            until(() -> open() == 2);
            String letter = ListenerApplication.letters(context).get(0).id();
            context.getBean(DeadLetters.class).discard(letter, Action.by("ann", "as a test"));
            until(() -> open() == 1);
        });
    }

    @Test
    void showNoDeadLettersWhileNobodyCanCountThem() {
        application().run(context -> {
            until(() -> open() == 0);
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            jdbc.execute("ALTER TABLE reliable_mq_dead_letter RENAME TO hidden");
            until(() -> Double.isNaN(open()));
            assertThat(state("running")).isEqualTo(1);
            jdbc.execute("ALTER TABLE hidden RENAME TO reliable_mq_dead_letter");
            until(() -> open() == 0);
        });
    }

    @Test
    void showOfBrokersAndGroupsWhatCanBeSeen() {
        assertThat(new BrokerGauges(() -> new ClusterFigures(List.of(), List.of()), OFTEN, new SimpleMeterRegistry())
                        .rest())
                .isEqualTo(1); // slow brokers are looked at again soon
        AtomicReference<ClusterFigures> seen = new AtomicReference<>(new ClusterFigures(
                List.of(new BrokerFigures("a", 0, 0.5, 17, 250, 4), new BrokerFigures("a", 2, 0.25, -1, -1, -1)),
                List.of(new Backlog(new Reader("orders", "stock"), 1001))));
        BrokerGauges gauges = new BrokerGauges(seen::get, OFTEN, meters);
        gauges.start();
        until(() -> value("reliable.mq.listener.backlog", "group", "stock", "topic", "orders") == 1001);
        assertThat(value("reliable.mq.broker.disk.used", "broker", "a", "node", "master"))
                .isEqualTo(0.5);
        assertThat(value("reliable.mq.broker.disk.used", "broker", "a", "node", "replica-2"))
                .isEqualTo(0.25);
        assertThat(value("reliable.mq.broker.unflushed", "node", "master")).isEqualTo(17);
        assertThat(value("reliable.mq.broker.send.wait", "node", "master")).isEqualTo(0.25);
        assertThat(value("reliable.mq.broker.replica.behind", "node", "master")).isEqualTo(4);
        assertThat(value("reliable.mq.broker.unflushed", "node", "replica-2")).isNaN();
        assertThat(documented()).containsAll(names());

        Queue<Meter> gone = new ConcurrentLinkedQueue<>();
        meters.config().onMeterRemoved(gone::add);
        seen.set(new ClusterFigures(
                List.of(new BrokerFigures("a", 0, 0.75, 18, 300, 5), new BrokerFigures("a", 2, 0.25, -1, -1, -1)),
                List.of(new Backlog(new Reader("orders", "stock"), 1002))));
        until(() -> value("reliable.mq.listener.backlog", "group", "stock", "topic", "orders") == 1002);
        assertThat(value("reliable.mq.broker.disk.used", "broker", "a", "node", "master"))
                .isEqualTo(0.75);
        assertThat(gone).isEmpty(); // a scrape in between would fail

        seen.set(new ClusterFigures(List.of(), List.of()));
        until(() -> names().isEmpty());
        gauges.stop();
    }

    @Test
    void refuseToMeasureAllTheTime() {
        application()
                .withPropertyValues("reliable-mq.listener.metrics.refresh=0s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("reliable-mq.listener.metrics.refresh is PT0S"));
    }

    private Set<String> names() {
        return meters.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .filter(name -> name.startsWith("reliable.mq."))
                .collect(Collectors.toSet());
    }

    private static Set<String> documented() throws java.io.UncheckedIOException {
        try {
            return Pattern.compile("(?m)^\\| `(reliable\\.mq\\.[a-z.]+)` \\| (counter|timer|gauge) \\|")
                    .matcher(Files.readString(Path.of("../docs/observing.md")))
                    .results()
                    .map(row -> row.group(1))
                    .collect(Collectors.toSet());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
