package io.reliablemq.autoconfigure;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/**
 * Creates and upgrades the tables of one part (outbox or inbox) with Flyway, or checks that they are there. Uses a Flyway of its own
 * with a history table of its own, never a Flyway bean, so the application's Flyway (or none, or Liquibase) is not affected.
 */
class SchemaMigration implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(SchemaMigration.class);

    private final DataSource dataSource;
    private final SchemaProperties.Mode mode;
    private final String part;
    private final List<String> tables;

    SchemaMigration(DataSource dataSource, SchemaProperties.Mode mode, String part, List<String> tables) {
        this.dataSource = dataSource;
        this.mode = mode;
        this.part = part;
        this.tables = tables;
    }

    @Override
    public void afterPropertiesSet() {
        switch (mode) {
            case FLYWAY -> migrate();
            case VALIDATE -> validate();
            case NONE -> log.info("Reliable MQ neither creates nor checks its {} tables", part);
        }
    }

    private void migrate() {
        String vendor = vendor();
        Flyway flyway = Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + location(vendor))
                .table("reliable_mq_" + part + "_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
        try {
            try {
                flyway.migrate();
            } catch (FlywayException e) {
                migrateAfter(e, flyway);
            }
        } catch (FlywayException e) {
            throw new SchemaUnavailableException(
                    part, location(vendor), "Flyway could not migrate: " + e.getMessage(), e);
        }
    }

    /**
     * Flyway begins its history without a lock: of processes that start together on an empty schema all but one fail when its history has
     * appeared meanwhile. Now it is there, and what is still to be done has a lock.
     */
    private void migrateAfter(FlywayException failure, Flyway flyway) {
        MigrationInfo[] applied = flyway.info().applied();
        boolean begunByAnother = applied.length > 0
                && Arrays.stream(applied).noneMatch(one -> one.getState().isFailed());
        if (!begunByAnother) {
            throw failure;
        }
        log.info(
                "Another process has begun with the {} tables at the same time ({}); going on where it is",
                part,
                String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
        flyway.migrate();
    }

    private static String location(String vendor, String part) {
        return "db/reliable-mq/" + part + "/" + vendor;
    }

    private String location(String vendor) {
        return location(vendor, part);
    }

    private void validate() {
        String vendor = vendor();
        try (Connection connection = dataSource.getConnection()) {
            for (String table : tables) {
                if (!exists(connection, table)) {
                    throw new SchemaUnavailableException(
                            part, location(vendor), "The table " + table + " is missing", null);
                }
            }
        } catch (SQLException e) {
            throw new SchemaUnavailableException(
                    part, location(vendor), "The tables could not be looked up: " + e.getMessage(), e);
        }
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String name = metaData.storesUpperCaseIdentifiers() ? table.toUpperCase(Locale.ROOT) : table;
        try (ResultSet found = metaData.getTables(
                connection.getCatalog(), connection.getSchema(), name, new String[] {"TABLE", "BASE TABLE"})) {
            return found.next();
        }
    }

    /** MariaDB through MySQL's driver says that it is MySQL, but for its version. */
    private String vendor() {
        try (Connection connection = dataSource.getConnection()) {
            DatabaseMetaData metaData = connection.getMetaData();
            String product = metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion();
            String lower = product.toLowerCase(Locale.ROOT);
            for (String vendor : List.of("mariadb", "mysql", "postgresql", "h2")) {
                if (lower.contains(vendor)) {
                    return vendor;
                }
            }
            throw new SchemaUnavailableException(
                    part,
                    "db/reliable-mq/" + part,
                    "The database is '" + product + "'; H2, MySQL, MariaDB and PostgreSQL are supported",
                    null);
        } catch (SQLException e) {
            throw new SchemaUnavailableException(
                    part, "db/reliable-mq/" + part, "The database cannot be reached: " + e.getMessage(), e);
        }
    }
}
