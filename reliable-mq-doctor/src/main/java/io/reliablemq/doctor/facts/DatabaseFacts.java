package io.reliablemq.doctor.facts;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The database that holds outbox and inbox.
 *
 * @param version product and version, for people
 * @param settings those that decide whether a commit is on the disk, by their own names
 * @param missing tables and indexes that should be there and are not
 * @param clock the database's time minus the application's
 * @param uncertainty by how much the difference may be wrong
 */
public record DatabaseFacts(
        Vendor vendor,
        String version,
        Map<String, String> settings,
        Set<String> missing,
        Duration clock,
        Duration uncertainty) {

    /** The supported ones. */
    public enum Vendor {
        H2,
        MYSQL,
        MARIADB,
        POSTGRESQL,
        OTHER
    }
}
