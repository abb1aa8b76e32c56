package io.reliablemq.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MySqlUrlTests {

    @Test
    void takesTheCredentialsOutAndKeepsTheOtherParameters() {
        Database database = MySqlUrl.parse(
                        "jdbc:mysql://127.0.0.1:3307/test?user=me&password=a%26b&allowPublicKeyRetrieval=true")
                .withDatabase("other")
                .toDatabase();

        assertThat(database)
                .isEqualTo(new Database(
                        TestDatabase.MYSQL,
                        "jdbc:mysql://127.0.0.1:3307/other?allowPublicKeyRetrieval=true",
                        "me",
                        "a&b"));
    }

    @Test
    void readsAUrlWithoutParameters() {
        assertThat(MySqlUrl.parse("jdbc:mysql://host/test").toDatabase().jdbcUrl())
                .isEqualTo("jdbc:mysql://host/test");
    }

    @Test
    void saysWhatItExpects() {
        assertThatThrownBy(() -> MySqlUrl.parse("mysql://host/test"))
                .hasMessageContaining("\"mysql://host/test\"")
                .hasMessageContaining("jdbc:mysql://HOST:PORT/DATABASE");
    }
}
