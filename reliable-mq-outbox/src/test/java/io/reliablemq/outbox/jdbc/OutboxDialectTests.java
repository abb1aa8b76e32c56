package io.reliablemq.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OutboxDialectTests {

    @ParameterizedTest
    @CsvSource({
        "H2, 2.4.240, H2",
        "MySQL, 9.7.0, MYSQL",
        "MariaDB, 11.4.5-MariaDB, MARIADB",
        "MySQL, 5.5.5-10.11.6-MariaDB-0+deb12u1, MARIADB",
        "PostgreSQL, 18.1, POSTGRESQL"
    })
    void tellsDatabasesByProductAndVersion(String product, String version, OutboxDialect expected) {
        assertThat(OutboxDialect.of(product, version)).isEqualTo(expected);
    }

    @Test
    void refusesOthersByName() {
        assertThatThrownBy(() -> OutboxDialect.of("Oracle", "23ai"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("Oracle 23ai", "H2", "MySQL", "MariaDB", "PostgreSQL");
    }

    @ParameterizedTest
    @EnumSource
    void hasAScriptForEach(OutboxDialect dialect) {
        assertThat(OutboxDialect.class.getClassLoader().getResource(dialect.scripts() + "/V1__outbox.sql"))
                .isNotNull();
    }
}
