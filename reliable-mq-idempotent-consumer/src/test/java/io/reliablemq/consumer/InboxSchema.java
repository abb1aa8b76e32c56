package io.reliablemq.consumer;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.testdatabases.Database;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;

/** A migrated database with a table for effects; the effect table has no unique constraint, so duplicates show. */
public final class InboxSchema {

    private InboxSchema() {}

    public static HikariDataSource migrate(Database database) {
        HikariDataSource dataSource = database.dataSource(12);
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/reliable-mq/inbox/" + database.vendor().tag())
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
        JdbcTemplate jdbc = new JdbcTemplate(dataSource);
        jdbc.execute("create table if not exists effect (message varchar(300))");
        jdbc.execute("create table if not exists account (id int primary key, balance int not null)");
        return dataSource;
    }
}
