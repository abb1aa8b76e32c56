package io.reliablemq.journey;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.testdatabases.Database;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How many rows were updated or deleted so far in each table of the outbox, as the database itself counts them. */
interface OutboxChanges {

    String OF_THE_OUTBOX = "'reliable\\_mq\\_outbox%'";

    Map<String, Long> updatesAndDeletes();

    /** Counts from now on, or has always counted. */
    static OutboxChanges counted(Database database, JdbcClient jdbc, HikariDataSource connections) {
        return switch (database.vendor()) {
            case POSTGRESQL -> () -> ofPostgreSql(jdbc, connections);
            case MYSQL, MARIADB -> byTriggers(jdbc);
            case H2 -> throw new IllegalArgumentException("H2 counts no changes");
        };
    }

    /** A connection adds what it has done to the statistics when it is closed, at the latest. */
    private static Map<String, Long> ofPostgreSql(JdbcClient jdbc, HikariDataSource connections) {
        OffsetDateTime now =
                jdbc.sql("select clock_timestamp()").query(OffsetDateTime.class).single();
        connections.getHikariPoolMXBean().softEvictConnections();
        await().until(() -> jdbc.sql("select count(*) from pg_stat_activity where datname = current_database()"
                                + " and backend_type = 'client backend' and backend_start < ?")
                        .param(now)
                        .query(Integer.class)
                        .single()
                == 0);
        return counts(
                jdbc,
                "select relname, n_tup_upd + n_tup_del from pg_stat_user_tables where relname like " + OF_THE_OUTBOX
                        + " order by relname");
    }

    /** Of an engine without transactions: what is rolled back is counted, too. MariaDB's own counters have inserts among the rest. */
    private static OutboxChanges byTriggers(JdbcClient jdbc) {
        List<String> tables = jdbc.sql("select table_name from information_schema.tables"
                        + " where table_schema = database() and table_name like " + OF_THE_OUTBOX)
                .query(String.class)
                .list();
        jdbc.sql("create table changed (name varchar(64) not null) engine = MyISAM")
                .update();
        for (String table : tables) {
            for (String change : List.of("update", "delete")) {
                jdbc.sql("create trigger " + table + "_" + change + " before " + change + " on " + table
                                + " for each row insert into changed values ('" + table + "')")
                        .update();
            }
        }
        return () -> counts(
                jdbc,
                "select table_name, (select count(*) from changed where name = table_name)"
                        + " from information_schema.tables"
                        + " where table_schema = database() and table_name like " + OF_THE_OUTBOX);
    }

    private static Map<String, Long> counts(JdbcClient jdbc, String sql) {
        Map<String, Long> counts = new LinkedHashMap<>();
        jdbc.sql(sql).query(row -> {
            counts.put(row.getString(1), row.getLong(2));
        });
        return counts;
    }
}
