package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.MessageReceiverFactory;

/** What all containers share. */
record ContainerParts(
        MessageReceiverFactory factory,
        MessageProcessor processor,
        ConsumerSettings settings,
        ListenerObserver observer,
        Circumstances circumstances) {

    ContainerParts(
            MessageReceiverFactory factory,
            MessageProcessor processor,
            ConsumerSettings settings,
            ListenerObserver observer) {
        this(factory, processor, settings, observer, Circumstances.REAL);
    }
}
