package io.reliablemq.consumer.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Cancels statements that run for too long. A look now and then does what the driver's time-out does with a timer for each statement, which wakes
 * a thread of the driver each time (measured with MySQL's: 8 to 10 % of what listeners get done). <b>Thread</b>: any; a daemon thread looks while
 * statements run, and ends when none did for a while.
 */
final class StatementWatch {

    private static final Logger log = LoggerFactory.getLogger(StatementWatch.class);
    private static final int LOOKS = 8;
    private static final long IDLE_SECONDS = 10;

    private final Duration patience;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor looks;

    /** @param patience a statement runs an eighth longer at most */
    StatementWatch(Duration patience) {
        this.patience = patience;
        CustomizableThreadFactory factory = new CustomizableThreadFactory("reliable-mq-statements-");
        factory.setDaemon(true);
        looks = new ScheduledThreadPoolExecutor(1, factory);
        looks.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        looks.allowCoreThreadTimeOut(true);
    }

    /**
     * Executes it.
     *
     * @throws QueryTimeoutException when it was cancelled
     */
    int update(PreparedStatement statement) throws SQLException {
        Running now = new Running(statement, System.nanoTime());
        running.add(now);
        look();
        try {
            return statement.executeUpdate();
        } catch (SQLException e) {
            if (now.cancelled) {
                throw new QueryTimeoutException("cancelled after " + patience.toMillis() + " ms", e);
            }
            throw e;
        } finally {
            now.end();
            running.remove(now);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it never throws
    private void look() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            looks.schedule(this::cancelOverdue, Math.max(1, patience.toMillis() / LOOKS), TimeUnit.MILLISECONDS);
        }
    }

    private void cancelOverdue() {
        long now = System.nanoTime();
        running.forEach(statement -> {
            if (now - statement.since > patience.toNanos()) {
                statement.cancel();
            }
        });
        looking.set(false);
        if (!running.isEmpty()) {
            look();
        }
    }

    /** Once it has ended it is not cancelled any more: that would hit the next statement of its connection. */
    private static final class Running {

        private final PreparedStatement statement;
        private final long since;
        private boolean ended;
        private volatile boolean cancelled;

        Running(PreparedStatement statement, long since) {
            this.statement = statement;
            this.since = since;
        }

        synchronized void cancel() {
            if (ended || cancelled) {
                return;
            }
            cancelled = true;
            try {
                statement.cancel();
            } catch (SQLException | RuntimeException e) {
                log.debug("A statement that waits for another transaction could not be cancelled; it goes on", e);
            }
        }

        synchronized void end() {
            ended = true;
        }
    }
}
