package io.reliablemq.testdatabases;

import java.nio.file.Path;
import java.util.Optional;

/** H2 databases in files, for tests in which the data must outlive a JVM or be reached by two. */
public final class H2Database {

    /**
     * The system property that keeps H2 on the loopback interface. A child JVM that opens a {@linkplain #createShared
     * shared} database must be started with {@code -Dh2.bindAddress=127.0.0.1}, or it may listen on every interface.
     */
    public static final String BIND_ADDRESS_PROPERTY = "h2.bindAddress";

    static final DatabaseServer IN_MEMORY = new DatabaseServer() {
        @Override
        public Optional<String> reasonNotAvailable() {
            return Optional.empty();
        }

        @Override
        public Database create(String name) {
            bindToLoopback();
            return database("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
        }
    };

    private H2Database() {}

    /**
     * A new database in {@code folder} for one JVM at a time. A commit is on disk when it returns; another JVM can open
     * the database when every connection of this one is closed or this JVM is dead.
     *
     * @param folder created when missing
     */
    public static Database createFile(Path folder) {
        bindToLoopback();
        return database(fileUrl(folder));
    }

    /**
     * A new database in {@code folder} for several JVMs at a time: the first one serves the others, and when it dies
     * the next connection attempt of another one takes over.
     *
     * @param folder created when missing
     */
    public static Database createShared(Path folder) {
        bindToLoopback();
        return database(fileUrl(folder) + ";AUTO_SERVER=TRUE");
    }

    /** H2 reads the property once, when its first class is loaded. */
    static void bindToLoopback() {
        if (System.getProperty(BIND_ADDRESS_PROPERTY) == null) {
            System.setProperty(BIND_ADDRESS_PROPERTY, "127.0.0.1");
        }
    }

    private static String fileUrl(Path folder) {
        return "jdbc:h2:file:" + folder.toAbsolutePath().resolve(DatabaseName.next()) + ";WRITE_DELAY=0";
    }

    private static Database database(String url) {
        return new Database(TestDatabase.H2, url, "sa", "");
    }
}
