package io.reliablemq.faults;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Its connections come to failpoints when they execute and commit what our tables are for. */
final class FailpointDataSource extends DelegatingDataSource {

    /** Of SQL's standard: nobody knows how the transaction has ended. */
    private static final String RESOLUTION_UNKNOWN = "08007";

    private final Failpoints failpoints;

    FailpointDataSource(DataSource target, Failpoints failpoints) {
        super(target);
        this.failpoints = failpoints;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return watched(super.getConnection());
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return watched(super.getConnection(username, password));
    }

    private Connection watched(Connection connection) {
        return proxy(Connection.class, new Watched(connection));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(FailpointDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private void pass(Failpoint point) throws SQLException {
        try {
            failpoints.pass(Passage.inTheDatabase(point));
        } catch (RuntimeException e) {
            throw new SQLException(e.toString(), RESOLUTION_UNKNOWN, e);
        }
    }

    /** One connection, from its pool and back. */
    private final class Watched implements InvocationHandler {

        private final Connection connection;
        private final Set<Step> executed = EnumSet.noneOf(Step.class);

        Watched(Connection connection) {
            this.connection = connection;
        }

        @Override
        public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
            return switch (method.getName()) {
                case "equals" -> arguments != null && self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                case "prepareStatement" -> prepared(method, arguments);
                case "commit" -> commit(method, arguments);
                case "rollback" -> {
                    // to a savepoint: what is left of the transaction may still be committed
                    if (arguments == null) {
                        executed.clear();
                    }
                    yield call(connection, method, arguments);
                }
                default -> call(connection, method, arguments);
            };
        }

        private @Nullable Object prepared(Method method, Object @Nullable [] arguments) throws Throwable {
            Object statement = call(connection, method, arguments);
            Optional<Step> step = arguments == null ? Optional.empty() : Step.of(String.valueOf(arguments[0]));
            return step.isEmpty()
                    ? statement
                    : proxy(
                            PreparedStatement.class,
                            (self, what, values) -> what.getName().startsWith("execute")
                                    ? execute(step.get(), statement, what, values)
                                    : call(statement, what, values));
        }

        private @Nullable Object execute(Step step, @Nullable Object statement, Method what, Object @Nullable [] values)
                throws Throwable {
            boolean byItself = connection.getAutoCommit();
            if (byItself) {
                pass(step.before);
            }
            Object result = call(statement, what, values);
            boolean nothing = result instanceof Integer rows && rows == 0;
            if (!nothing) {
                done(step, byItself);
            }
            return result;
        }

        private void done(Step step, boolean byItself) throws SQLException {
            if (step == Step.EFFECT) {
                pass(Failpoint.AFTER_DEDUP_INSERT);
            }
            if (byItself) {
                pass(step.after);
            } else {
                executed.add(step);
            }
        }

        /** A connection that breaks loses its transaction; whoever cleans this one up might commit it instead. */
        private void beforeCommit(Set<Step> steps) throws SQLException {
            try {
                for (Step step : steps) {
                    pass(step.before);
                }
            } catch (SQLException e) {
                executed.clear();
                connection.rollback();
                throw e;
            }
        }

        private @Nullable Object commit(Method method, Object @Nullable [] arguments) throws Throwable {
            Set<Step> steps = executed.isEmpty() ? Set.of() : Step.ofTransaction(executed);
            beforeCommit(steps);
            Object result = call(connection, method, arguments);
            executed.clear();
            for (Step step : steps) {
                pass(step.after);
            }
            return result;
        }
    }

    private static @Nullable Object call(@Nullable Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
