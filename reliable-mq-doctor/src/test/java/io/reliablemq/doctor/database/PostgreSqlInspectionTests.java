package io.reliablemq.doctor.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlInspectionTests extends DatabaseInspectionContract {

    PostgreSqlInspectionTests(Database database) {
        super(database);
    }

    /** Tests use a server that is as fast as it gets. */
    @Test
    void namesWhatKeepsCommitsFromTheDisk() throws SQLException {
        assertThat(durabilityFailures()).containsExactly("fsync=off", "full_page_writes=off", "synchronous_commit=off");
    }

    @Test
    void hasNothingToSayAboutAServerAsItIsByDefault(@TempDir Path folder) throws IOException, SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "''")
                .setDataDirectory(folder.resolve("data"))
                .setPGStartupWait(Duration.ofSeconds(60))
                .start()) {
            assertThat(durability(inspect(server.getPostgresDatabase()), Status.FAIL))
                    .isEmpty();
            assertThat(durability(inspect(server.getPostgresDatabase()), Status.OK))
                    .containsExactly("fsync=on", "full_page_writes=on", "synchronous_commit=on");
        }
    }

    @Test
    void seesWhatIsSetForTheSession() throws SQLException {
        String user = "ALTER ROLE postgres IN DATABASE ";
        String database = dataSourceName();
        execute(user + database + " SET synchronous_commit = 'local'");
        try (var fresh = pool()) {
            assertThat(durability(inspect(fresh), Status.OK)).containsExactly("synchronous_commit=local");
        } finally {
            execute(user + database + " RESET synchronous_commit");
        }
    }

    private String dataSourceName() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return connection.getCatalog();
        }
    }

    private HikariDataSource pool() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return new Database(
                            TestDatabase.POSTGRESQL, connection.getMetaData().getURL(), "postgres", "postgres")
                    .dataSource(1);
        }
    }
}
