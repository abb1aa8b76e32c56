package io.reliablemq.outbox.crash;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.H2Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database that outlives its processes. */
final class CrashDatabase {

    private CrashDatabase() {}

    /** With the tables of outbox and journal. H2 is in a file, not in memory: then one process at a time can have it open. */
    static Database create(Database given, Path folder, int lanes) {
        Database database = isForOneProcess(given) ? H2Database.createFile(folder) : given;
        try (HikariDataSource pool = database.dataSource(4)) {
            JdbcOutbox outbox = JdbcOutbox.on(pool);
            Flyway.configure()
                    .dataSource(pool)
                    .locations("classpath:" + outbox.dialect().scripts())
                    .table("reliable_mq_outbox_history")
                    .load()
                    .migrate();
            outbox.lanes().layout(lanes);
            Journal journal = new Journal(pool);
            journal.createTables(database.vendor());
            Instance.NAMES.forEach(journal::add);
        }
        return database;
    }

    /** For whoever looks why nothing goes on. */
    static String content(Database database) {
        StringBuilder content = new StringBuilder();
        try (HikariDataSource pool = database.dataSource(1)) {
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            for (String query : List.of(
                    "SELECT * FROM reliable_mq_outbox_setting",
                    "SELECT * FROM reliable_mq_outbox_node",
                    "SELECT * FROM reliable_mq_outbox_lane ORDER BY lane",
                    "SELECT lane, ordering_key, COUNT(*), MIN(id), MAX(id) FROM reliable_mq_outbox GROUP BY lane,"
                            + " ordering_key ORDER BY lane, ordering_key",
                    "SELECT process, COUNT(*), MAX(id) FROM received GROUP BY process")) {
                content.append('\n').append(query);
                jdbc.queryForList(query).forEach(row -> content.append("\n  ").append(row));
            }
        }
        return content.toString();
    }

    static boolean isForOneProcess(Database database) {
        return database.vendor() == TestDatabase.H2;
    }
}
