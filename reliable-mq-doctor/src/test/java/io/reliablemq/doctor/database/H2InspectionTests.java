package io.reliablemq.doctor.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DatabaseTest(TestDatabase.H2)
class H2InspectionTests extends DatabaseInspectionContract {

    H2InspectionTests(Database database) {
        super(database);
    }

    @Test
    void saysThatADatabaseInMemoryIsOne() throws SQLException {
        assertThat(durability(inspect(), Status.WARN)).containsExactly("it is in memory");
    }

    @Test
    void seesHowLongAFileIsLateBehindACommit(@TempDir Path folder) throws SQLException {
        assertThat(file(folder, "", Status.FAIL)).containsExactly("WRITE_DELAY=500");
        assertThat(file(folder, ";WRITE_DELAY=20", Status.FAIL)).containsExactly("WRITE_DELAY=20");
        assertThat(file(folder, ";WRITE_DELAY=0", Status.OK)).containsExactly("WRITE_DELAY=0");
    }

    private static List<String> file(Path folder, String settings, Status status) throws SQLException {
        String url = "jdbc:h2:file:" + folder.resolve("data" + settings.hashCode()) + settings;
        try (Database database = new Database(TestDatabase.H2, url, "sa", "")) {
            return durability(inspect(database.dataSource(1)), status);
        }
    }
}
