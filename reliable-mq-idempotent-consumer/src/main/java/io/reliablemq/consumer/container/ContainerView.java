package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ListenerConfigurationException;

/** The container as its workers see it. */
interface ContainerView {

    /** Whether what was received is still to be handled. */
    boolean accepting();

    /** Whether it stops, handlers have had their time, and it interrupts them. */
    boolean interrupting();

    /** A message has revealed it. */
    void infrastructureFailed(Throwable cause);

    /** A message has revealed it. */
    void misconfigured(ListenerConfigurationException cause);
}
