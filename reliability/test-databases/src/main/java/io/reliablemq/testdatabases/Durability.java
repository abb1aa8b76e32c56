package io.reliablemq.testdatabases;

/**
 * Whether the servers of the class path write a commit to the disk before they acknowledge it. Tests do without, because it
 * only matters when the machine fails; measurements need what a database does by default.
 */
final class Durability {

    /** System property; the value {@code true} makes a commit as durable as the database's own defaults make it. */
    static final String DURABLE = "reliable-mq.databases.durable";

    private Durability() {}

    static boolean asByDefault() {
        return Boolean.getBoolean(DURABLE);
    }
}
