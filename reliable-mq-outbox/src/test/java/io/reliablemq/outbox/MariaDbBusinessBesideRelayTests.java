package io.reliablemq.outbox;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import org.springframework.jdbc.core.JdbcTemplate;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbBusinessBesideRelayTests extends BusinessBesideRelayContract {

    @Override
    Contention contention(JdbcTemplate jdbc) {
        return jdbc.queryForObject(
                "SELECT (SELECT variable_value FROM information_schema.global_status"
                        + " WHERE variable_name = 'INNODB_ROW_LOCK_WAITS'),"
                        + " (SELECT variable_value FROM information_schema.global_status"
                        + " WHERE variable_name = 'INNODB_DEADLOCKS')",
                (row, number) -> new Contention(row.getLong(1), row.getLong(2)));
    }
}
