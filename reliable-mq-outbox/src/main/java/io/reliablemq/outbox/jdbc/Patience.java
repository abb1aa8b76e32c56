package io.reliablemq.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For how long a connection waits for an answer of the server, until this is closed. Drivers wait for ever unless they are told
 * otherwise, and a server that has gone without a word, or a firewall that has forgotten the connection, never answers. What is shorter
 * already stays as it is.
 */
final class Patience implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Patience.class);
    private static final int UNKNOWN = -1;

    private final Connection connection;
    private final int before;

    private Patience(Connection connection, int before) {
        this.connection = connection;
        this.before = before;
    }

    static Patience of(Connection connection, Duration atMost) {
        int millis = Math.toIntExact(atMost.toMillis());
        int before = UNKNOWN;
        try {
            int now = connection.getNetworkTimeout();
            if (now == 0 || now > millis) {
                connection.setNetworkTimeout(Runnable::run, millis);
                before = now;
            }
        } catch (SQLException e) {
            // a driver that cannot, or a connection that is broken, which its next statement tells better
            log.debug("A connection waits for its server for as long as its driver does", e);
        }
        return new Patience(connection, before);
    }

    @Override
    public void close() {
        if (before == UNKNOWN) {
            return;
        }
        try {
            connection.setNetworkTimeout(Runnable::run, before);
        } catch (SQLException e) {
            // after a time-out it is closed, and no pool gives it to anybody else
            log.debug("A connection could not be told to wait as before", e);
        }
    }
}
