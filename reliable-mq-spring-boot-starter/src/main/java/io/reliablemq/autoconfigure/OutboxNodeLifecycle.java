package io.reliablemq.autoconfigure;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the relay, or what keeps an instance registered that only writes, before anything sends, and stops it after everything that
 * sends: web server and listeners.
 */
class OutboxNodeLifecycle implements SmartLifecycle {

    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 8192;

    private final Runnable starting;
    private final Runnable stopping;
    private volatile boolean running;

    OutboxNodeLifecycle(Runnable starting, Runnable stopping) {
        this.starting = starting;
        this.stopping = stopping;
    }

    @Override
    public void start() {
        starting.run();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        stopping.run();
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
