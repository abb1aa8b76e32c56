package io.reliablemq.consumer;

/**
 * Adds and removes listeners while the application runs.
 *
 * <p><b>Guarantee</b>: that of {@link IdempotentListener}. <b>Thread</b>: every method from any thread. <b>Transaction</b>: none.
 */
public interface ListenerRegistrar {

    /**
     * Adds a listener; it starts with the application, or at once when that is up already, unless it is told not to.
     *
     * @throws ListenerConfigurationException when it cannot work or contradicts another listener; then it is not added
     */
    void register(ListenerDefinition<?> listener);

    /**
     * Stops a listener as {@link ListenerRegistry#stop} does, then forgets it. What it has consumed stays consumed: its group goes on
     * from there when a listener is registered for it again. Dead letters of the group are kept; they can be replayed when it has one.
     *
     * @throws IllegalArgumentException when nobody has that id
     */
    void remove(String id);
}
