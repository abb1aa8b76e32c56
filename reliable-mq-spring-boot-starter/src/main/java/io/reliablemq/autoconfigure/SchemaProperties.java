package io.reliablemq.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The library's own tables.
 *
 * @param mode Who creates and upgrades the tables.
 */
@ConfigurationProperties("reliable-mq.schema")
record SchemaProperties(@DefaultValue("flyway") Mode mode) {

    /** Who creates and upgrades the tables. */
    enum Mode {
        /** The library does, with Flyway and history tables of its own, at start-up. */
        FLYWAY,
        /** Somebody else does; start-up checks that the tables are there. */
        VALIDATE,
        /** Somebody else does; nothing is checked. */
        NONE
    }
}
