package io.reliablemq.reliability.worker;

import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Tells the conductor several times a second what this process sees of itself, in a file. */
@Component
class Observer extends Loop {

    private static final Logger log = LoggerFactory.getLogger(Observer.class);
    private static final long EVERY_MS = 200;

    private final WorkerProperties properties;
    private final Hoarder hoarder;
    private final ObjectProvider<ListenerRegistry> listeners;

    Observer(WorkerProperties properties, Hoarder hoarder, ObjectProvider<ListenerRegistry> listeners) {
        super("observer");
        this.properties = properties;
        this.hoarder = hoarder;
        this.listeners = listeners;
    }

    @Override
    void turn() throws InterruptedException {
        observe();
        Thread.sleep(EVERY_MS);
    }

    private void observe() {
        try {
            long now = properties.now();
            long skew = System.currentTimeMillis() - now;
            new Observation(now, skew, hoarder.taken(), runningListeners()).write(properties.observed());
        } catch (IOException | RuntimeException e) {
            log.warn("What this process sees of itself was not written", e);
        }
    }

    private List<String> runningListeners() {
        return listeners.stream()
                .flatMap(registry -> registry.list().stream())
                .filter(listener -> listener.state() == ListenerStatus.State.RUNNING)
                .map(ListenerStatus::consumerGroup)
                .toList();
    }
}
