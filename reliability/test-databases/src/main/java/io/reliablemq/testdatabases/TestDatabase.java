package io.reliablemq.testdatabases;

import java.util.Locale;
import java.util.Optional;

/**
 * The databases that the tests of this build run against.
 *
 * <p>Each server is started once per JVM, by the first {@link #create()}, listens on 127.0.0.1 only and is stopped when
 * the JVM ends, even when it is killed. Safe for use by several threads.
 */
public enum TestDatabase {
    /** In memory; see {@link H2Database} for databases that outlive or span a JVM. */
    H2,
    /** The server named by {@code RELIABLE_MQ_TEST_MYSQL_URL}, else a container when there is a Docker daemon. */
    MYSQL,
    /** A server unpacked from the class path. */
    MARIADB,
    /** A server unpacked from the class path. */
    POSTGRESQL;

    /** Whether {@link #create()} can be expected to work here. */
    public boolean isAvailable() {
        return server().reasonNotAvailable().isEmpty();
    }

    /**
     * What is missing, worded as the next action.
     *
     * @return an empty string when the database {@linkplain #isAvailable() is available}
     */
    public String reasonNotAvailable() {
        return server().reasonNotAvailable().orElse("");
    }

    /**
     * Creates a new, empty database with a unique name.
     *
     * @return the database; its user may do everything in it
     * @throws IllegalStateException if the database is not available, or its server does not start or answer
     */
    public Database create() {
        Optional<String> missing = server().reasonNotAvailable();
        if (missing.isPresent()) {
            throw new IllegalStateException("No database on " + tag() + ": " + missing.get());
        }
        return server().create(DatabaseName.next());
    }

    /** The lower-case name used for files, tags and reports. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    private DatabaseServer server() {
        return switch (this) {
            case H2 -> H2Database.IN_MEMORY;
            case MYSQL -> MySqlServer.INSTANCE;
            case MARIADB -> MariaDbServer.INSTANCE;
            case POSTGRESQL -> PostgreSqlServer.INSTANCE;
        };
    }
}
