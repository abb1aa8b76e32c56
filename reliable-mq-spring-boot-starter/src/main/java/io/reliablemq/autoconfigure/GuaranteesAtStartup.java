package io.reliablemq.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Says once, when all has started, what is promised. */
class GuaranteesAtStartup implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger("io.reliablemq");

    private final InForce inForce;
    private volatile boolean running;

    GuaranteesAtStartup(InForce inForce) {
        this.inForce = inForce;
    }

    @Override
    public void start() {
        log.info("Reliable MQ {} promises: {}", InForce.version(), String.join("; ", inForce.guarantees()));
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
