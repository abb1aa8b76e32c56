package io.reliablemq.outbox;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import org.springframework.jdbc.core.JdbcTemplate;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlBusinessBesideRelayTests extends BusinessBesideRelayContract {

    @Override
    Contention contention(JdbcTemplate jdbc) {
        return jdbc.queryForObject(
                "SELECT (SELECT variable_value FROM performance_schema.global_status"
                        + " WHERE variable_name = 'Innodb_row_lock_waits'),"
                        + " (SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks')",
                (row, number) -> new Contention(row.getLong(1), row.getLong(2)));
    }
}
