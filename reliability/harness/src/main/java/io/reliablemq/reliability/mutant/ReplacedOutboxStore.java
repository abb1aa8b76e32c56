package io.reliablemq.reliability.mutant;

import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.reliability.mutant.Replaced.Broken;
import java.util.Map;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Exchanges methods of the outbox's table for broken ones, before anybody has asked for it. */
record ReplacedOutboxStore(Map<String, Broken> broken) implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof JdbcOutbox outbox) {
            Replaced.field(outbox, "store", Replaced.in(OutboxStore.class, outbox.store(), broken));
        }
        return bean;
    }
}
