package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.direct.DirectSender;
import org.springframework.context.SmartLifecycle;

/** Stops direct sending after everything that sends, and before the connection to the broker is closed. */
class DirectSenderLifecycle implements SmartLifecycle {

    private final DirectSender sender;
    private volatile boolean running;

    DirectSenderLifecycle(DirectSender sender) {
        this.sender = sender;
    }

    @Override
    public void start() {
        sender.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        sender.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return OutboxNodeLifecycle.PHASE;
    }
}
