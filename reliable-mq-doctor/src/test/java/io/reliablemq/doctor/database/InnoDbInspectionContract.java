package io.reliablemq.doctor.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.testdatabases.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MySQL and MariaDB; what is changed of the server is changed back. */
abstract class InnoDbInspectionContract extends DatabaseInspectionContract {

    private static final String FLUSH = "innodb_flush_log_at_trx_commit";
    private static final String BINLOG = "sync_binlog";

    private String flush = "";
    private String binlog = "";

    InnoDbInspectionContract(Database database) {
        super(database);
    }

    @BeforeEach
    void remember() throws SQLException {
        flush = variable(FLUSH);
        binlog = variable(BINLOG);
        execute("SET GLOBAL " + FLUSH + " = 1", "SET GLOBAL " + BINLOG + " = 1");
    }

    @AfterEach
    void restore() throws SQLException {
        execute("SET GLOBAL " + FLUSH + " = " + flush, "SET GLOBAL " + BINLOG + " = " + binlog);
    }

    private String variable(String name) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@GLOBAL." + name)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void namesTheLogThatIsNotFlushedWithACommit() throws SQLException {
        assertThat(durabilityFailures()).isEmpty();
        execute("SET GLOBAL " + FLUSH + " = 2");
        assertThat(durabilityFailures()).containsExactly(FLUSH + "=2");
    }

    @Test
    void namesTheBinlogWhereThereIsOne() throws SQLException {
        execute("SET GLOBAL " + BINLOG + " = 0");
        if (variable("log_bin").equals("1")) {
            assertThat(durabilityFailures()).containsExactly(BINLOG + "=0");
        } else {
            assertThat(durabilityFailures()).isEmpty();
        }
    }
}
