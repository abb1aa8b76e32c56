package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.BrokerFigures;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How brokers do, and how far groups are behind. What cannot be seen has no gauge, rather than one that says zero. */
class BrokerGauges extends MeasuredGauges<ClusterFigures> {

    private final MultiGauge disk;
    private final MultiGauge unflushed;
    private final MultiGauge sendWait;
    private final MultiGauge replica;
    private final MultiGauge backlog;

    BrokerGauges(Supplier<ClusterFigures> cluster, Duration refresh, MeterRegistry registry) {
        super("brokers", cluster, refresh);
        disk = MultiGauge.builder("reliable.mq.broker.disk.used").register(registry);
        unflushed = MultiGauge.builder("reliable.mq.broker.unflushed")
                .baseUnit("bytes")
                .register(registry);
        sendWait = MultiGauge.builder("reliable.mq.broker.send.wait")
                .baseUnit("seconds")
                .register(registry);
        replica = MultiGauge.builder("reliable.mq.broker.replica.behind")
                .baseUnit("bytes")
                .register(registry);
        backlog = MultiGauge.builder("reliable.mq.listener.backlog").register(registry);
    }

    /** It waits rather than works, and after a long pause what is shown would be of brokers that have died meanwhile. */
    @Override
    int rest() {
        return 1;
    }

    @Override
    void measured(@Nullable ClusterFigures seen) {
        ClusterFigures figures = seen == null ? ClusterFigures.NONE : seen;
        show(disk, figures, BrokerFigures::diskUsed);
        show(unflushed, figures, BrokerFigures::unflushed);
        show(sendWait, figures, broker -> broker.sendWaitMs() / 1000.0);
        show(replica, figures, BrokerFigures::replicaBehind);
        backlog.register(
                figures.backlogs().stream()
                        .<Row<?>>map(group -> Row.of(
                                Tags.of(
                                        "group",
                                        group.reader().group(),
                                        "topic",
                                        group.reader().topic()),
                                group.messages()))
                        .toList(),
                true);
    }

    private static void show(MultiGauge gauge, ClusterFigures figures, ToDoubleFunction<BrokerFigures> value) {
        gauge.register(
                figures.brokers().stream()
                        .filter(broker -> value.applyAsDouble(broker) >= 0)
                        .<Row<?>>map(broker -> Row.of(tags(broker), value.applyAsDouble(broker)))
                        .toList(),
                true);
    }

    private static Tags tags(BrokerFigures broker) {
        return Tags.of("broker", broker.name(), "node", broker.id() == 0 ? "master" : "replica-" + broker.id());
    }
}
