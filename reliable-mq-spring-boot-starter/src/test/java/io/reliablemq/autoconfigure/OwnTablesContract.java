package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.reliablemq.doctor.database.DatabaseInspection;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the doctor looks for is what the scripts make. */
abstract class OwnTablesContract {

    private static final int PROCESSES = 4;
    private static final int ROUNDS = 4;

    private final TestDatabase vendor;
    private final DataSource dataSource;

    OwnTablesContract(Database database) {
        this.vendor = database.vendor();
        this.dataSource = database.dataSource(2);
    }

    @BeforeEach
    void migrate() {
        migrate(dataSource);
    }

    private static void migrate(DataSource dataSource) {
        for (OwnTables part : OwnTables.values()) {
            new SchemaMigration(
                            dataSource,
                            SchemaProperties.Mode.FLYWAY,
                            part.name().toLowerCase(Locale.ROOT),
                            part.names())
                    .afterPropertiesSet();
        }
    }

    @Test
    void areAllThereAfterAMigration() throws SQLException {
        assertThat(missing()).isEmpty();
    }

    /** Beside tables of the application, as nearly everywhere. */
    @Test
    void areMadeOnceWhenSeveralProcessesStartTogether() throws Exception {
        assumeThat(vendor).as("a database of several processes").isNotEqualTo(TestDatabase.H2);
        ExecutorService processes = Executors.newFixedThreadPool(PROCESSES);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                startTogether(processes);
            }
        } finally {
            processes.shutdownNow();
        }
    }

    private void startTogether(ExecutorService processes) throws Exception {
        try (Database fresh = vendor.create()) {
            new JdbcTemplate(fresh.dataSource(1)).execute("CREATE TABLE orders (id INT)");
            List<Callable<Object>> starts = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                DataSource its = fresh.dataSource(3);
                starts.add(Executors.callable(() -> migrate(its)));
            }
            for (Future<Object> start : processes.invokeAll(starts)) {
                assertThat(start).succeedsWithin(Duration.ofMinutes(2));
            }
        }
    }

    @Test
    void areMissedWhenTheyAreGone() throws SQLException {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource);
        String from = isMySql() ? " ON reliable_mq_dead_letter" : "";
        jdbc.execute("DROP INDEX reliable_mq_dead_letter_state" + from);
        jdbc.execute("DROP TABLE reliable_mq_outbox_audit");
        assertThat(missing())
                .containsExactlyInAnyOrder("index reliable_mq_dead_letter_state", "table reliable_mq_outbox_audit");
        assertThat(new DatabaseInspection(dataSource, OwnTables.expected(false, true), Duration.ofSeconds(10))
                        .inspect()
                        .missing())
                .hasSize(1);
        jdbc.execute("CREATE TABLE reliable_mq_outbox_audit (id INT)");
        jdbc.execute("CREATE INDEX reliable_mq_dead_letter_state ON reliable_mq_dead_letter (state, written_at, id)");
    }

    @Test
    void areAllThatTheScriptsMake() throws SQLException {
        Map<String, Set<String>> made = new HashMap<>();
        try (Connection connection = dataSource.getConnection()) {
            for (String table : names(
                    connection
                            .getMetaData()
                            .getTables(connection.getCatalog(), connection.getSchema(), null, new String[] {
                                "TABLE", "BASE TABLE"
                            }),
                    "TABLE_NAME")) {
                if (!table.toLowerCase(Locale.ROOT).endsWith("_history")) {
                    made.put(table.toLowerCase(Locale.ROOT), indexes(connection, table));
                }
            }
        }
        assertThat(made).isEqualTo(OwnTables.expected(true, true).indexes());
    }

    private static Set<String> indexes(Connection connection, String table) throws SQLException {
        Set<String> indexes = new HashSet<>();
        for (String name : names(
                connection
                        .getMetaData()
                        .getIndexInfo(connection.getCatalog(), connection.getSchema(), table, false, true),
                "INDEX_NAME")) {
            indexes.add(name.toLowerCase(Locale.ROOT));
        }
        // of primary keys; and the one that AUTO_INCREMENT needs where there is such a thing
        indexes.removeIf(name -> !name.startsWith("reliable_mq_") || name.endsWith("_pkey"));
        indexes.remove("reliable_mq_outbox_id");
        return indexes;
    }

    private static List<String> names(ResultSet rows, String column) throws SQLException {
        List<String> names = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                String name = rows.getString(column);
                if (name != null) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private Set<String> missing() throws SQLException {
        return new DatabaseInspection(dataSource, OwnTables.expected(true, true), Duration.ofSeconds(10))
                .inspect()
                .missing();
    }

    private boolean isMySql() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return connection.getMetaData().getURL().matches("jdbc:(mysql|mariadb):.*");
        }
    }
}
