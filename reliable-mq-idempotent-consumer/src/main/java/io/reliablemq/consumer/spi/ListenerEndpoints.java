package io.reliablemq.consumer.spi;

import java.util.Optional;

/** The listeners of this application. <b>Thread</b>: any. */
public interface ListenerEndpoints {

    /**
     * Adds a listener; it starts with the application, or at once when that is up already.
     *
     * @throws io.reliablemq.consumer.ListenerConfigurationException when it contradicts another listener
     */
    void register(ListenerEndpoint endpoint);

    /**
     * Stops a listener as {@link io.reliablemq.consumer.ListenerRegistry#stop} does, then forgets it.
     *
     * @throws IllegalArgumentException when nobody has that id
     */
    void remove(String id);

    /** The listener that consumes in that group. */
    Optional<ListenerEndpoint> ofGroup(String group);
}
