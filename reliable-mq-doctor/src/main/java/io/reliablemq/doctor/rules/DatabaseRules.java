package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.DatabaseFacts.Vendor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Whether a commit is on the database's disk, its tables are whole, and its clock is right. */
final class DatabaseRules {

    private static final Rule DURABILITY = Rule.ofSetting("database-durability");
    private static final Rule TABLES = Rule.ofSetting("database-tables");
    private static final Rule CLOCK = Rule.ofState("database-clock");

    private DatabaseRules() {}

    static List<Finding> judge(ApplicationFacts application, DatabaseFacts database) {
        List<Finding> findings = new ArrayList<>(durability(database));
        findings.add(tables(database));
        findings.add(clock(application, database));
        return findings;
    }

    private static List<Finding> durability(DatabaseFacts database) {
        return switch (database.vendor()) {
            case POSTGRESQL ->
                List.of(
                        on(database, "fsync", "a crash of the machine can lose commits, and the whole database"),
                        on(database, "full_page_writes", "a crash of the machine can leave half-written pages"),
                        on(database, "synchronous_commit", "a crash of the server loses the last commits"));
            case MYSQL, MARIADB -> innoDb(database);
            case H2 -> List.of(writeDelay(database));
            case OTHER ->
                List.of(DURABILITY.unknown(
                        subject(database),
                        "it is none of H2, MySQL, MariaDB and PostgreSQL",
                        "Make sure that it writes each commit to the disk before it answers"));
        };
    }

    private static Finding on(DatabaseFacts database, String setting, String danger) {
        String value = value(database, setting);
        if (value.isEmpty()) {
            return silent(database, setting);
        }
        return value.equals("off")
                ? DURABILITY.fail(
                        of(database, setting),
                        setting + "=off: " + danger,
                        "Set " + setting + "=on in postgresql.conf, and for the role and the database where it is set"
                                + " there")
                : DURABILITY.ok(of(database, setting), setting + "=" + value);
    }

    private static List<Finding> innoDb(DatabaseFacts database) {
        List<Finding> findings = new ArrayList<>();
        findings.add(one(database, "innodb_flush_log_at_trx_commit", "a crash of the machine loses the last commits"));
        if (value(database, "log_bin").equals("ON")) {
            findings.add(
                    one(
                            database,
                            "sync_binlog",
                            "after a crash of the machine the binlog, and with it the replicas, can lack commits that the server has"));
        }
        return findings;
    }

    private static Finding one(DatabaseFacts database, String setting, String danger) {
        String value = value(database, setting);
        if (value.isEmpty()) {
            return silent(database, setting);
        }
        return value.equals("1") || isMariaDbsThree(database, setting, value)
                ? DURABILITY.ok(of(database, setting), setting + "=" + value)
                : DURABILITY.fail(
                        of(database, setting),
                        setting + "=" + value + ": " + danger,
                        "Set " + setting + "=1 in my.cnf");
    }

    /** The group commit of MariaDB 10.0, with each flush that 1 has, and one more. */
    private static boolean isMariaDbsThree(DatabaseFacts database, String setting, String value) {
        return database.vendor() == Vendor.MARIADB
                && setting.equals("innodb_flush_log_at_trx_commit")
                && value.equals("3");
    }

    private static Finding writeDelay(DatabaseFacts database) {
        if (value(database, "PATH").isEmpty()) {
            return DURABILITY.warn(
                    subject(database),
                    "it is in memory: all is lost when the process ends",
                    "Use a file database with ;WRITE_DELAY=0 in its URL, or a server, for what must not be lost");
        }
        String delay = value(database, "WRITE_DELAY");
        return delay.equals("0")
                ? DURABILITY.ok(subject(database), "WRITE_DELAY=0")
                : DURABILITY.fail(
                        subject(database),
                        "WRITE_DELAY=" + delay + ": H2 answers a commit up to so many milliseconds before it is in the"
                                + " file, and a process that is killed loses it",
                        "Add ;WRITE_DELAY=0 to the URL of the database");
    }

    private static Finding silent(DatabaseFacts database, String setting) {
        return DURABILITY.unknown(
                of(database, setting),
                "it does not say what " + setting + " is",
                "Look at the server's configuration, or let the application's user read it");
    }

    private static Finding tables(DatabaseFacts database) {
        if (database.missing().isEmpty()) {
            return TABLES.ok(subject(database), "all tables and indexes are there");
        }
        return TABLES.fail(
                subject(database),
                "missing: "
                        + String.join(", ", database.missing().stream().sorted().toList()),
                "Run the SQL scripts in db/reliable-mq of the jars, or set reliable-mq.schema.mode=flyway");
    }

    private static Finding clock(ApplicationFacts application, DatabaseFacts database) {
        Duration sure = database.clock().abs().minus(database.uncertainty());
        Duration limit = application.clockSkew();
        String seen = "its clock is " + database.clock().toMillis() + " ms from the application's, give or take "
                + database.uncertainty().toMillis();
        if (sure.compareTo(limit) > 0) {
            return CLOCK.fail(
                    subject(database),
                    seen + ", more than reliable-mq.listener.clock-skew, " + limit.toMillis()
                            + " ms: listeners take messages for too old or from the future, and set them aside",
                    "Synchronise the clocks");
        }
        if (sure.multipliedBy(2).compareTo(limit) > 0) {
            return CLOCK.warn(
                    subject(database),
                    seen + ", more than half of reliable-mq.listener.clock-skew, " + limit.toMillis() + " ms",
                    "Synchronise the clocks");
        }
        return CLOCK.ok(subject(database), seen);
    }

    private static String value(DatabaseFacts database, String setting) {
        return Objects.requireNonNullElse(database.settings().get(setting), "");
    }

    private static String subject(DatabaseFacts database) {
        return database.vendor() == Vendor.OTHER ? "database" : database.version();
    }

    /** Each setting is a subject: what is said of one does not replace what was said of another. */
    private static String of(DatabaseFacts database, String setting) {
        return subject(database) + ", " + setting;
    }
}
