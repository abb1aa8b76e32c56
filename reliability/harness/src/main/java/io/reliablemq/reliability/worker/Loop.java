package io.reliablemq.reliability.worker;

import org.springframework.context.SmartLifecycle;

/** A part of the application with a thread that does the same again and again, from its start to its stop. */
abstract class Loop implements SmartLifecycle {

    private final String name;
    private volatile boolean running;

    Loop(String name) {
        this.name = name;
    }

    @Override
    public void start() {
        running = true;
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            while (running) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    /** Waits, too, where there is nothing to do. */
    abstract void turn() throws InterruptedException;

    /** The last thing that the thread does. */
    void end() {}
}
