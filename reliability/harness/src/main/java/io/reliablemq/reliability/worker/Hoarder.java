package io.reliablemq.reliability.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** A part of the application that takes every connection it can get, as long as a file is there, and does nothing with them. */
@Component
class Hoarder extends Loop {

    private final DataSource dataSource;
    private final Path wanted;
    private final Deque<Connection> taken = new ArrayDeque<>();
    private volatile int count;

    Hoarder(DataSource dataSource, WorkerProperties properties) {
        super("hoarder");
        this.dataSource = dataSource;
        this.wanted = properties.exhausted();
    }

    /** How many it has. */
    int taken() {
        return count;
    }

    @Override
    void turn() throws InterruptedException {
        if (Files.exists(wanted)) {
            takeOne();
        } else {
            giveBack();
            Thread.sleep(50);
        }
    }

    @Override
    void end() {
        giveBack();
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
