package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** Runs statements in the current transaction and tells contention from an unusable database. */
final class InboxStatements {

    private final JdbcTemplate jdbc;
    private final JdbcTemplate hurried;
    private volatile @Nullable Dialect dialect;

    InboxStatements(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.hurried = new JdbcTemplate(dataSource);
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    /** Found on first use, so that an absent database does not keep the application from starting. */
    Dialect dialect() {
        Dialect known = dialect;
        if (known == null) {
            ConnectionCallback<Dialect> detect = connection -> Dialect.of(connection.getMetaData());
            known = Objects.requireNonNull(guarded("detect the database", () -> jdbc.execute(detect)));
            hurried.setQueryTimeout(known.queryTimeoutSeconds());
            dialect = known;
        }
        return known;
    }

    /**
     * An insert that does not wait long; answers how many rows it made, 0 when a key exists that makes it fail.
     *
     * @param sql made by {@link Dialect#admit}
     */
    int insertIfAbsent(String sql, @Nullable Object... arguments) {
        return guarded("record a key", () -> {
            try {
                return hurried.update(sql, arguments);
            } catch (DuplicateKeyException e) {
                return 0;
            }
        });
    }

    int update(String what, String sql, @Nullable Object... arguments) {
        return guarded(what, () -> jdbc.update(sql, arguments));
    }

    <T extends @Nullable Object> T guarded(String what, Supplier<T> statement) {
        try {
            return statement.get();
        } catch (ConcurrencyFailureException | QueryTimeoutException e) {
            throw contention(what, e);
        } catch (DataAccessException e) {
            if (isMariaDbContention(e)) {
                throw contention(what, e);
            }
            throw new InboxUnavailableException(
                    "Inbox: could not " + what + " (" + e.getMostSpecificCause().getMessage()
                            + "): check that the database is up and the scripts of db/reliable-mq/inbox were applied",
                    e);
        }
    }

    private static InboxContentionException contention(String what, DataAccessException cause) {
        return new InboxContentionException(
                "Inbox: could not " + what + " because another transaction is in the way; it is tried again", cause);
    }

    /** Its driver reports a lock time-out (1205) and a changed record (1020) without a state that Spring could know. */
    private static boolean isMariaDbContention(DataAccessException failure) {
        return failure.getCause() instanceof SQLException sql
                && (sql.getErrorCode() == 1205 || sql.getErrorCode() == 1020);
    }
}
