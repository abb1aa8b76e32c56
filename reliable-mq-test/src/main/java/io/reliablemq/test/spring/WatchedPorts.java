package io.reliablemq.test.spring;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.test.IsolatedBroker;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Puts itself between the application and its broker, translates names, and tells what passes. */
record WatchedPorts(IsolatedBroker broker, Traffic traffic) implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof MessageSender sender) {
            return new WatchedSender(sender, broker, traffic);
        }
        return bean instanceof MessageReceiverFactory receivers
                ? new WatchedReceivers(receivers, broker, traffic)
                : bean;
    }
}
