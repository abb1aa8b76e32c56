package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.ObjectProvider;

/** What is put around the consumer side, where there is something to put; knows no library for it. */
interface ConsumerInstrumentation extends UnaryOperator<ListenerEndpoint> {

    static UnaryOperator<ListenerEndpoint> of(ObjectProvider<ConsumerInstrumentation> instrumentation) {
        ConsumerInstrumentation around = instrumentation.getIfAvailable();
        return around == null ? UnaryOperator.identity() : around;
    }
}
