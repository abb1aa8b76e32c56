package io.reliablemq.consumer.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

/** What a statement waits for takes as long as it is asked to here. */
@DatabaseTest(TestDatabase.POSTGRESQL)
class StatementWatchTests {

    private final StatementWatch watch = new StatementWatch(Duration.ofMillis(400));
    private Connection connection;

    @BeforeEach
    void connect(Database database) throws SQLException {
        connection = DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void cancelsWhatTakesTooLong() {
        assertThatThrownBy(() -> takes(Duration.ofMinutes(5)))
                .isInstanceOf(QueryTimeoutException.class)
                .hasMessageContaining("400 ms");
    }

    @Test
    void cancelsAgainAfterALookThatFoundNothing() throws SQLException {
        takes(Duration.ZERO);

        assertThatThrownBy(() -> takes(Duration.ofMinutes(5))).isInstanceOf(QueryTimeoutException.class);
        assertThatThrownBy(() -> takes(Duration.ofMinutes(5))).isInstanceOf(QueryTimeoutException.class);
    }

    @Test
    void leavesAloneWhatComesAfterIt() throws SQLException {
        assertThatThrownBy(() -> takes(Duration.ofMinutes(5))).isInstanceOf(QueryTimeoutException.class);

        try (PreparedStatement unwatched = connection.prepareStatement("select pg_sleep(1)")) {
            assertThat(unwatched.execute()).isTrue();
        }
    }

    @Test
    void countsEachStatementByItself() throws SQLException {
        for (int i = 0; i < 10; i++) {
            assertThat(takes(Duration.ofMillis(60))).isEqualTo(1);
        }
    }

    @Test
    void doesNotChangeOtherFailures() throws SQLException {
        try (PreparedStatement wrong = connection.prepareStatement("delete from nothing_of_this_name")) {
            assertThatThrownBy(() -> watch.update(wrong)).isInstanceOf(SQLException.class);
        }
    }

    private int takes(Duration time) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("create temporary table if not exists one as select 1 as n")) {
            statement.execute();
        }
        try (PreparedStatement statement =
                connection.prepareStatement("update one set n = 1 where pg_sleep(?) is not null")) {
            statement.setDouble(1, time.toMillis() / 1000.0);
            return watch.update(statement);
        }
    }
}
