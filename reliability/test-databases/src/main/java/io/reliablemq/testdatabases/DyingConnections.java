package io.reliablemq.testdatabases;

import io.reliablemq.testdatabases.KillPoint.Moment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The connections of a process that dies at a point. */
public final class DyingConnections {

    private final KillPoint point;
    private final AtomicInteger passed = new AtomicInteger();

    public DyingConnections(KillPoint point) {
        this.point = point;
    }

    /** The same, but for the end of the process at the point. */
    public DataSource of(DataSource target) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = method.invoke(target, arguments);
            return result instanceof Connection connection ? new Watched(connection).proxy() : result;
        });
    }

    private void reached(Moment moment) {
        if (moment == point.moment() && passed.get() + 1 == point.nth()) {
            Runtime.getRuntime().halt(137);
        }
    }

    /** By one thread, as connections are. */
    private final class Watched {

        private final Connection target;
        private boolean toCommit;

        Watched(Connection target) {
            this.target = target;
        }

        Connection proxy() {
            return DyingConnections.proxy(Connection.class, this::call);
        }

        private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Exception {
            return switch (method.getName()) {
                case "prepareStatement" ->
                    statement(
                            (PreparedStatement) method.invoke(target, arguments),
                            String.valueOf(Objects.requireNonNull(arguments)[0]));
                case "commit" -> toCommit ? commit(target, method, arguments) : method.invoke(target, arguments);
                case "rollback" -> {
                    toCommit = false;
                    yield method.invoke(target, arguments);
                }
                default -> method.invoke(target, arguments);
            };
        }

        private PreparedStatement statement(PreparedStatement statement, String sql) {
            Set<String> values = new HashSet<>();
            return DyingConnections.proxy(PreparedStatement.class, (method, arguments) -> {
                if (method.getName().startsWith("set") && arguments != null && arguments.length == 2) {
                    values.add(String.valueOf(arguments[1]));
                }
                return method.getName().startsWith("execute") && point.isIn(sql, values)
                        ? execute(statement, method, arguments)
                        : method.invoke(statement, arguments);
            });
        }

        private @Nullable Object execute(
                PreparedStatement statement, Method method, @Nullable Object @Nullable [] arguments) throws Exception {
            reached(Moment.BEFORE_STATEMENT);
            if (target.getAutoCommit()) {
                return commit(statement, method, arguments);
            }
            toCommit = true;
            return method.invoke(statement, arguments);
        }

        private @Nullable Object commit(Object on, Method method, @Nullable Object @Nullable [] arguments)
                throws Exception {
            reached(Moment.BEFORE_COMMIT);
            Object result = method.invoke(on, arguments);
            reached(Moment.AFTER_COMMIT);
            passed.incrementAndGet();
            toCommit = false;
            return result;
        }
    }

    private interface Call {
        @Nullable
        Object to(Method method, @Nullable Object @Nullable [] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return call.to(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
