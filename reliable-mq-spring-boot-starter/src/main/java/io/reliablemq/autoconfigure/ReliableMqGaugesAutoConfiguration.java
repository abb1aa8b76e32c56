package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.direct.DirectSender;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Gauges of the producer side. After it, because they look at what is there. */
@AutoConfiguration(after = {OutboxAutoConfiguration.class, ReliableMqMetricsAutoConfiguration.class})
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, JdbcOutbox.class})
public final class ReliableMqGaugesAutoConfiguration {

    @Bean
    BacklogGauges reliableMqBacklogGauges(JdbcOutbox jdbcOutbox, OutboxProperties properties, MeterRegistry registry) {
        BacklogGauges gauges = new BacklogGauges(
                jdbcOutbox.store()::backlog, properties.metrics().checkedRefresh());
        gauges.register(registry);
        return gauges;
    }

    @Bean
    ArchiveGauges reliableMqArchiveGauges(JdbcOutbox jdbcOutbox, OutboxProperties properties, MeterRegistry registry) {
        ArchiveGauges gauges = new ArchiveGauges(
                jdbcOutbox.archive()::content, properties.metrics().checkedRefresh());
        gauges.register(registry);
        return gauges;
    }

    @Bean
    @ConditionalOnBean(OutboxRelay.class)
    RelayGauges reliableMqRelayGauges(OutboxRelay relay, MeterRegistry registry) {
        RelayGauges gauges = new RelayGauges(relay::status, System::nanoTime);
        gauges.register(registry);
        return gauges;
    }

    @Bean
    @ConditionalOnBean(DirectSender.class)
    DirectGauges reliableMqDirectGauges(DirectSender sender, MeterRegistry registry) {
        DirectGauges gauges = new DirectGauges(sender);
        gauges.register(registry);
        return gauges;
    }
}
