package io.reliablemq.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What every database of this module must do. */
abstract class DatabaseContract {

    private static Database beforeAll;

    private final Database database;

    DatabaseContract(Database database) {
        this.database = database;
    }

    @BeforeAll
    static void receiveDatabase(Database database) {
        beforeAll = database;
    }

    @Test
    void createsATableAndReadsARow() throws SQLException {
        try (Database created = database.vendor().create();
                HikariDataSource source = created.dataSource(2)) {
            execute(source, "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50))");
            execute(source, "INSERT INTO item VALUES (1, 'Grüße 🚀')");

            assertThat(string(source, "SELECT name FROM item WHERE id = 1")).isEqualTo("Grüße 🚀");
        }
    }

    @Test
    void keepsTwoDatabasesApart() throws SQLException {
        try (Database one = database.vendor().create();
                Database other = database.vendor().create()) {
            execute(one.dataSource(1), "CREATE TABLE item (id INT PRIMARY KEY)");

            assertThat(other).isNotEqualTo(one);
            assertThatThrownBy(() -> string(other.dataSource(1), "SELECT id FROM item"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void closesThePoolsThatItHandedOut() {
        Database created = database.vendor().create();
        HikariDataSource source = created.dataSource(1);

        created.close();

        assertThat(source.isClosed()).isTrue();
    }

    @Test
    void isTheProductThatItClaims() throws SQLException {
        try (Connection connection = database.dataSource(1).getConnection()) {
            assertThat(connection.getMetaData().getDatabaseProductName())
                    .isEqualToIgnoringCase(database.vendor().name());
        }
    }

    @Test
    void resolvesOneDatabasePerClass(Database parameter, TestInfo info) {
        assertThat(parameter).isEqualTo(database).isEqualTo(beforeAll);
        assertThat(info.getTags()).contains("database");
    }

    @Nested
    class InANestedClass {

        @Test
        void resolvesTheDatabaseOfTheOuterClass(Database parameter) {
            assertThat(parameter).isEqualTo(database);
        }
    }

    static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String string(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
