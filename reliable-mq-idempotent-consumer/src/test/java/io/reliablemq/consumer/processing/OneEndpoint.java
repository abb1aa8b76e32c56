package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import java.util.Optional;
import java.util.function.Supplier;

/** An application with one listener, which a test may exchange. */
record OneEndpoint(Supplier<ListenerEndpoint> endpoint) implements ListenerEndpoints {

    @Override
    public void register(ListenerEndpoint added) {}

    @Override
    public void remove(String id) {}

    @Override
    public Optional<ListenerEndpoint> ofGroup(String group) {
        return Optional.of(endpoint.get())
                .filter(one -> one.subscription().group().equals(group));
    }
}
