package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Backlog;
import io.reliablemq.doctor.facts.ClusterFigures.BrokerFigures;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How brokers do, and how far groups are behind. What cannot be seen has no gauge, rather than one that says zero. */
class BrokerGauges extends MeasuredGauges<ClusterFigures> {

    private final GaugeFamily disk;
    private final GaugeFamily unflushed;
    private final GaugeFamily sendWait;
    private final GaugeFamily replica;
    private final GaugeFamily backlog;

    BrokerGauges(Supplier<ClusterFigures> cluster, Duration refresh, MeterRegistry registry) {
        super("brokers", cluster, refresh);
        disk = new GaugeFamily(MultiGauge.builder("reliable.mq.broker.disk.used"), registry);
        unflushed = new GaugeFamily(
                MultiGauge.builder("reliable.mq.broker.unflushed").baseUnit("bytes"), registry);
        sendWait = new GaugeFamily(
                MultiGauge.builder("reliable.mq.broker.send.wait").baseUnit("seconds"), registry);
        replica = new GaugeFamily(
                MultiGauge.builder("reliable.mq.broker.replica.behind").baseUnit("bytes"), registry);
        backlog = new GaugeFamily(MultiGauge.builder("reliable.mq.listener.backlog"), registry);
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
        Map<Tags, DoubleSupplier> behind = new HashMap<>();
        for (Backlog group : figures.backlogs()) {
            Tags tags = Tags.of(
                    "group", group.reader().group(), "topic", group.reader().topic());
            behind.put(tags, group::messages);
        }
        backlog.show(behind);
    }

    private static void show(GaugeFamily gauge, ClusterFigures figures, ToDoubleFunction<BrokerFigures> value) {
        Map<Tags, DoubleSupplier> values = new HashMap<>();
        for (BrokerFigures broker : figures.brokers()) {
            double figure = value.applyAsDouble(broker);
            if (figure >= 0) {
                values.put(tags(broker), () -> figure);
            }
        }
        gauge.show(values);
    }

    private static Tags tags(BrokerFigures broker) {
        return Tags.of("broker", broker.name(), "node", broker.id() == 0 ? "master" : "replica-" + broker.id());
    }
}
