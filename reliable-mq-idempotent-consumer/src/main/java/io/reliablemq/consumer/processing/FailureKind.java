package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.spi.ArgumentFailedException;
import io.reliablemq.consumer.spi.TransactionLostException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.util.InvalidMimeTypeException;

/** What a failure of a handler is taken for. */
enum FailureKind {
    /** A connection broke; perhaps the database is away. */
    CONNECTION,
    /** A deadlock or lock time-out: the same message may well pass the next time. */
    TRANSIENT,
    /** No retry cures it. */
    FATAL,
    /** Everything else: counted. */
    BUSINESS;

    private static final List<Class<? extends Throwable>> CONNECTION_LOST = List.of(
            CannotCreateTransactionException.class,
            DataAccessResourceFailureException.class,
            TransientDataAccessResourceException.class,
            RecoverableDataAccessException.class,
            SQLRecoverableException.class,
            SQLNonTransientConnectionException.class,
            SQLTransientConnectionException.class);
    private static final List<Class<? extends Throwable>> PASSING = List.of(
            TransactionLostException.class,
            TransientDataAccessException.class,
            SQLTransactionRollbackException.class,
            SQLTransientException.class);
    private static final List<Class<? extends Throwable>> HOPELESS = List.of(
            FatalListenerException.class,
            MessageConversionException.class,
            InvalidMimeTypeException.class,
            ClassCastException.class);

    static FailureKind of(Throwable thrown, List<Class<? extends Throwable>> fatal) {
        Throwable failure = thrown instanceof ArgumentFailedException argument ? argument.thrown() : thrown;
        if (isHopeless(failure, fatal)) {
            return FATAL;
        }
        if (hasCause(failure, CONNECTION_LOST)
                || hasSql(failure, FailureKind::isConnectionLost)
                || isRollbackOnClosed(failure)) {
            return CONNECTION;
        }
        if (hasSql(failure, FailureKind::isAborted)) {
            return BUSINESS;
        }
        boolean passing = hasCause(failure, PASSING) || hasSql(failure, FailureKind::isMariaDbContention);
        return passing ? TRANSIENT : BUSINESS;
    }

    /** By whomever: handlers have threads of their own, and interrupt each other. */
    static boolean isInterruption(Throwable thrown) {
        return hasCause(thrown, List.of(InterruptedException.class));
    }

    /** By the exception itself, not by any deeper cause. */
    private static boolean isHopeless(Throwable failure, List<Class<? extends Throwable>> fatal) {
        return isAny(failure, HOPELESS) || isAny(failure, fatal);
    }

    private static boolean isConnectionLost(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && state.startsWith("08");
    }

    /**
     * A connection that breaks between the handler's end and the commit: the pool has closed it by then, the rollback fails without an SQL
     * state, and Spring throws that instead of what had failed first.
     */
    private static boolean isRollbackOnClosed(Throwable failure) {
        return failure instanceof TransactionSystemException && hasSql(failure, sql -> sql.getSQLState() == null);
    }

    /** PostgreSQL: an SQL error that the handler swallowed, and will most likely meet again. */
    private static boolean isAborted(SQLException failure) {
        return "25P02".equals(failure.getSQLState());
    }

    /** MariaDB's driver reports a lock time-out (1205) and a changed record (1020) without a state of their own. */
    private static boolean isMariaDbContention(SQLException failure) {
        return failure.getErrorCode() == 1205 || failure.getErrorCode() == 1020;
    }

    private static boolean hasSql(Throwable failure, Predicate<SQLException> condition) {
        return chain(failure).stream().anyMatch(cause -> cause instanceof SQLException sql && condition.test(sql));
    }

    private static boolean hasCause(Throwable failure, List<Class<? extends Throwable>> types) {
        return chain(failure).stream().anyMatch(cause -> isAny(cause, types));
    }

    private static Set<Throwable> chain(Throwable failure) {
        Set<Throwable> seen = new LinkedHashSet<>();
        Throwable cause = failure;
        while (cause != null && seen.add(cause)) {
            cause = cause.getCause();
        }
        return seen;
    }

    private static boolean isAny(Throwable failure, List<Class<? extends Throwable>> types) {
        return types.stream().anyMatch(type -> type.isInstance(failure));
    }
}
