package io.reliablemq.doctor.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.rules.Rules;
import io.reliablemq.testdatabases.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A real database is asked, and made wrong. */
abstract class DatabaseInspectionContract {

    private static final ExpectedTables TABLES =
            new ExpectedTables(Map.of("some_table", Set.of("some_index"), "some_other_table", Set.of()));

    final DataSource dataSource;

    DatabaseInspectionContract(Database database) {
        this.dataSource = database.dataSource(2);
    }

    @Test
    void seesThatTablesAndIndexesAreMissing() throws SQLException {
        execute("DROP TABLE IF EXISTS some_table", "DROP TABLE IF EXISTS some_other_table");
        assertThat(inspect().missing()).containsExactly("table some_other_table", "table some_table");
        execute("CREATE TABLE some_table (a INT NOT NULL PRIMARY KEY)", "CREATE TABLE some_other_table (a INT)");
        assertThat(inspect().missing()).containsExactly("index some_index");
        execute("CREATE INDEX some_index ON some_table (a)");
        assertThat(inspect().missing()).isEmpty();
    }

    @Test
    void comparesTheClocks() throws SQLException {
        DatabaseFacts facts = inspect();
        // the same machine has one clock; what it may differ is known
        assertThat(facts.clock().abs()).isLessThanOrEqualTo(facts.uncertainty().plusMillis(50));
        assertThat(facts.uncertainty()).isPositive();
    }

    final void execute(String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    final DatabaseFacts inspect() throws SQLException {
        return inspect(dataSource);
    }

    static DatabaseFacts inspect(DataSource dataSource) throws SQLException {
        return new DatabaseInspection(dataSource, TABLES, Duration.ofSeconds(10)).inspect();
    }

    final List<String> durabilityFailures() throws SQLException {
        return durability(inspect(), Status.FAIL);
    }

    /** The settings that findings of that status name. */
    static List<String> durability(DatabaseFacts facts, Status status) {
        ApplicationFacts application =
                new ApplicationFacts(2, Duration.ofSeconds(3), Duration.ofHours(1), false, null, Set.of(), List.of());
        return Rules.judge(new Facts(application, new Known<>(facts), new Unknown<>("", ""))).with(status).stream()
                .filter(finding -> finding.rule().equals("database-durability"))
                .map(Finding::reason)
                .map(reason -> reason.replaceFirst(":.*", ""))
                .toList();
    }
}
