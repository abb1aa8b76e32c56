package io.reliablemq.reliability.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** A part of the application that takes every connection it can get, as long as a file is there, and does nothing with them. */
@Component
class Hoarder implements SmartLifecycle {

    private final DataSource dataSource;
    private final Path wanted;
    private final Deque<Connection> taken = new ArrayDeque<>();
    private volatile int count;
    private volatile boolean running;

    Hoarder(DataSource dataSource, WorkerProperties properties) {
        this.dataSource = dataSource;
        this.wanted = properties.exhausted();
    }

    @Override
    public void start() {
        running = true;
        Thread thread = new Thread(this::run, "hoarder");
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

    /** How many it has. */
    int taken() {
        return count;
    }

    private void run() {
        try {
            while (running) {
                if (Files.exists(wanted)) {
                    takeOne();
                } else {
                    giveBack();
                    Thread.sleep(50);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            giveBack();
        }
    }

    private void takeOne() throws InterruptedException {
        try {
            taken.add(dataSource.getConnection());
            count = taken.size();
        } catch (SQLException e) {
            // there is none left, which is the point, or no database
            Thread.sleep(50);
        }
    }

    private void giveBack() {
        while (!taken.isEmpty()) {
            try {
                taken.remove().close();
            } catch (SQLException e) {
                // the pool makes a new one
            }
        }
        count = 0;
    }
}
