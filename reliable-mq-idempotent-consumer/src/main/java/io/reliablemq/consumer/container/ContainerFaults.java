package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ListenerConfigurationException;

/** What a message revealed about the container itself. */
interface ContainerFaults {

    void infrastructureFailed(Throwable cause);

    void misconfigured(ListenerConfigurationException cause);
}
