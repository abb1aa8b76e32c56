package io.reliablemq.testdatabases;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** A server, started by its first {@link #create}, that holds any number of databases. */
interface DatabaseServer {

    /** What is missing on this machine, or empty when the server can be used. */
    Optional<String> reasonNotAvailable();

    /** Creates the empty database {@code name}. */
    Database create(String name);

    /** Executes one statement in {@code database}; a failure says where. */
    static void execute(Database database, String sql) {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException ex) {
            throw new IllegalStateException(
                    "\"" + sql + "\" failed on " + database.jdbcUrl() + " as " + database.username() + ": "
                            + ex.getMessage(),
                    ex);
        }
    }

    /** Servers from the class path are Linux binaries. */
    static Optional<String> reasonNotLinuxAmd64() {
        String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
        return platform.equals("Linux-amd64")
                ? Optional.empty()
                : Optional.of("its binaries are for Linux-amd64, this is " + platform);
    }
}
