package io.reliablemq.outbox.crash;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.H2Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;

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

    static boolean isForOneProcess(Database database) {
        return database.vendor() == TestDatabase.H2;
    }
}
