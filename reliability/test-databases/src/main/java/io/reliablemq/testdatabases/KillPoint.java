package io.reliablemq.testdatabases;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a process dies, as by kill -9.
 *
 * @param statement pattern of how a statement of the transaction begins, in lower case
 * @param value bound to a parameter of it; empty for any
 * @param nth at which of such transactions, from 1
 */
public record KillPoint(String statement, String value, Moment moment, int nth) {

    /** Before or after what. */
    public enum Moment {
        /** The statement is not executed, those before it are. */
        BEFORE_STATEMENT,
        /** All statements are executed; or the only one is not, which the database commits by itself. */
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    /** From {@link #arguments()}. */
    public static KillPoint of(List<String> arguments) {
        return new KillPoint(
                arguments.get(0),
                arguments.get(1),
                Moment.valueOf(arguments.get(2)),
                Integer.parseInt(arguments.get(3)));
    }

    /** Four of them, for a command line. */
    public List<String> arguments() {
        return List.of(statement, value, moment.name(), String.valueOf(nth));
    }

    boolean isIn(String sql, Set<String> values) {
        return (value.isEmpty() || values.contains(value))
                && Pattern.compile(statement)
                        .matcher(sql.toLowerCase(Locale.ROOT))
                        .lookingAt();
    }
}
