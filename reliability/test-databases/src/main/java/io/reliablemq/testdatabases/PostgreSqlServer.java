package io.reliablemq.testdatabases;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from the class path. */
final class PostgreSqlServer implements DatabaseServer {

    static final PostgreSqlServer INSTANCE = new PostgreSqlServer();

    private static final String USER = "postgres";

    private @Nullable Database server;

    private PostgreSqlServer() {}

    @Override
    public Optional<String> reasonNotAvailable() {
        return DatabaseServer.reasonNotLinuxAmd64();
    }

    @Override
    public Database create(String name) {
        Database running = running();
        DatabaseServer.execute(running, "CREATE DATABASE " + name);
        String url = running.jdbcUrl().replaceFirst("/postgres$", "/" + name);
        return new Database(TestDatabase.POSTGRESQL, url, USER, USER);
    }

    private synchronized Database running() {
        if (server == null) {
            server = start();
        }
        return server;
    }

    private static Database start() {
        Path folder = ServerFolder.create("postgresql", "data/postmaster.pid");
        try {
            String durable = Durability.asByDefault() ? "on" : "off";
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    // the library's own defaults are off
                    .setServerConfig("fsync", durable)
                    .setServerConfig("synchronous_commit", durable)
                    .setPort(FreePort.choose())
                    .setDataDirectory(folder.resolve("data"))
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "''")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setRegisterShutdownHook(false)
                    .start();
            JvmEnd.stop(() -> stop(postgres));
            String url = "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
            return new Database(TestDatabase.POSTGRESQL, url, USER, USER);
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "PostgreSQL did not start in " + folder + " (its output is in the log above)", ex);
        }
    }

    private static void stop(EmbeddedPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException ex) {
            throw new UncheckedIOException("PostgreSQL did not stop", ex);
        }
    }
}
