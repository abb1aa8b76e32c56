package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.relay.OutboxRelay;
import org.springframework.context.SmartLifecycle;

/** Starts the relay before anything sends and stops it after everything that sends: web server and listeners. */
class OutboxRelayLifecycle implements SmartLifecycle {

    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 8192;

    private final OutboxRelay relay;
    private volatile boolean running;

    OutboxRelayLifecycle(OutboxRelay relay) {
        this.relay = relay;
    }

    @Override
    public void start() {
        relay.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        relay.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
