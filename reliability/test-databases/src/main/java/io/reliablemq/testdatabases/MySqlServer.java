package io.reliablemq.testdatabases;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** MySQL behind {@code RELIABLE_MQ_TEST_MYSQL_URL}, or in a container. */
final class MySqlServer implements DatabaseServer {

    static final MySqlServer INSTANCE = new MySqlServer();

    private static final String VARIABLE = "RELIABLE_MQ_TEST_MYSQL_URL";

    private static final String CONNECTION_EXCEPTION = "08";

    private final ConcurrentLinkedQueue<String> created = new ConcurrentLinkedQueue<>();

    private @Nullable MySqlUrl server;

    private MySqlServer() {}

    @Override
    public Optional<String> reasonNotAvailable() {
        return urlFromEnvironment().isPresent() || Docker.AVAILABLE
                ? Optional.empty()
                : Optional.of("set " + VARIABLE + " or start Docker");
    }

    @Override
    public Database create(String name) {
        MySqlUrl running = running();
        DatabaseServer.execute(running.toDatabase(), "CREATE DATABASE " + name);
        created.add(name);
        return running.withDatabase(name).toDatabase();
    }

    private synchronized MySqlUrl running() {
        if (server == null) {
            server = start();
        }
        return server;
    }

    private MySqlUrl start() {
        Optional<String> url = urlFromEnvironment();
        if (url.isEmpty()) {
            return MySqlUrl.parse(MySqlContainers.start());
        }
        MySqlUrl external = MySqlUrl.parse(url.get());
        JvmEnd.stop(() -> created.forEach(name -> drop(external, name)));
        return external;
    }

    /** A test may have killed the server: nobody can clean up in one that is away. */
    static void drop(MySqlUrl server, String name) {
        try {
            DatabaseServer.execute(server.toDatabase(), "DROP DATABASE IF EXISTS " + name);
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof SQLException cause) || !isAway(cause)) {
                throw e;
            }
        }
    }

    private static boolean isAway(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && state.startsWith(CONNECTION_EXCEPTION);
    }

    private static Optional<String> urlFromEnvironment() {
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(url -> !url.isBlank());
    }

    /** Looking for a daemon takes time: once per JVM, and only when it is needed. */
    private static final class Docker {
        static final boolean AVAILABLE = DockerClientFactory.instance().isDockerAvailable();
    }
}
