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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlInspectionTests extends DatabaseInspectionContract {

    PostgreSqlInspectionTests(Database database) {
        super(database);
    }

    @ParameterizedTest
    @CsvSource({"on, OK", "off, FAIL"})
    void namesWhatKeepsCommitsFromTheDisk(String value, Status status, @TempDir Path folder)
            throws IOException, SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", value)
                .setServerConfig("full_page_writes", value)
                .setServerConfig("synchronous_commit", value)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "''")
                .setDataDirectory(folder.resolve("data"))
                .setPGStartupWait(Duration.ofSeconds(60))
                .start()) {
            assertThat(durability(inspect(server.getPostgresDatabase()), status))
                    .containsExactly("fsync=" + value, "full_page_writes=" + value, "synchronous_commit=" + value);
        }
    }

    @Test
    void seesWhatIsSetForTheSession() throws SQLException {
        String user = "ALTER ROLE postgres IN DATABASE ";
        String database = dataSourceName();
        execute(user + database + " SET synchronous_commit = 'local'");
        try (var fresh = pool()) {
            assertThat(durability(inspect(fresh), Status.OK)).contains("synchronous_commit=local");
        } finally {
            execute(user + database + " RESET synchronous_commit");
        }
    }

    @Test
    void findsTablesWhereverStatementsFindThem() throws SQLException {
        String where = "ALTER ROLE postgres IN DATABASE " + dataSourceName();
        execute(
                "DROP TABLE IF EXISTS some_table",
                "DROP TABLE IF EXISTS some_other_table",
                "CREATE SCHEMA elsewhere",
                "CREATE TABLE elsewhere.some_table (a INT NOT NULL PRIMARY KEY)",
                "CREATE INDEX some_index ON elsewhere.some_table (a)",
                "CREATE TABLE elsewhere.some_other_table (a INT)");
        assertThat(inspect().missing()).hasSize(2);
        execute(where + " SET search_path = public, elsewhere");
        try (var fresh = pool()) {
            assertThat(inspect(fresh).missing()).isEmpty();
        } finally {
            execute(where + " RESET search_path", "DROP SCHEMA elsewhere CASCADE");
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
