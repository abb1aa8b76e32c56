package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneLayout;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;

/** What all processes must agree on, in the table reliable_mq_outbox_setting, and the lanes that follow from it. */
final class Layouts {

    private static final String SETTING = "reliable_mq_outbox_setting";
    private static final String LANE_COUNT = "lane_count";
    private static final String HASH_VERSION = "hash_version";

    private final OwnTransactions own;

    Layouts(OwnTransactions own) {
        this.own = own;
    }

    LaneLayout agree(LaneLayout configured) {
        Map<String, Long> settings = read();
        if (settings.isEmpty()) {
            settings = writeFirst(configured);
        }
        requireSame(settings, HASH_VERSION, LaneLayout.HASH_VERSION, "run the release that wrote it, or a later one");
        requireSame(
                settings,
                LANE_COUNT,
                configured.lanes(),
                "configure the database's value in every process; to change it, stop all of them with an empty outbox,"
                        + " delete the rows of this table and of " + JdbcLaneStore.LANE);
        return configured;
    }

    /** One process gets through, the others wait for its commit, fail on the primary key and read what it wrote. */
    private Map<String, Long> writeFirst(LaneLayout configured) {
        try {
            return own.transaction("writing the lane layout", session -> {
                insert(configured, session);
                return Map.of(LANE_COUNT, (long) configured.lanes(), HASH_VERSION, (long) LaneLayout.HASH_VERSION);
            });
        } catch (DuplicateKeyException | ConcurrencyFailureException e) {
            return readAfterLostRace(e);
        }
    }

    private Map<String, Long> readAfterLostRace(DataAccessException lost) {
        Map<String, Long> settings = read();
        if (settings.isEmpty()) {
            throw lost;
        }
        return settings;
    }

    private static void insert(LaneLayout layout, Session session) throws SQLException {
        session.update(
                "INSERT INTO " + SETTING + " (name, setting_value) VALUES (?, ?), (?, ?)", parameters -> parameters
                        .add(LANE_COUNT)
                        .add(layout.lanes())
                        .add(HASH_VERSION)
                        .add(LaneLayout.HASH_VERSION));
        session.update(
                "INSERT INTO " + JdbcLaneStore.LANE + " (lane, owner, epoch) VALUES "
                        + String.join(", ", Collections.nCopies(layout.lanes(), "(?, NULL, 0)")),
                parameters -> {
                    for (int lane = 0; lane < layout.lanes(); lane++) {
                        parameters.add(lane);
                    }
                });
    }

    private Map<String, Long> read() {
        Map<String, Long> settings = new TreeMap<>();
        own.statement(
                        "reading the lane layout",
                        session -> session.query(
                                "SELECT name, setting_value FROM " + SETTING,
                                parameters -> {},
                                columns -> Map.entry(columns.nextText(), columns.nextLong())))
                .forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
        return settings;
    }

    private static void requireSame(Map<String, Long> settings, String name, long expected, String action) {
        Long actual = settings.get(name);
        if (actual == null || actual != expected) {
            throw new IllegalStateException("Table " + SETTING + ": " + name + " is " + actual
                    + " in the database, but this process has " + expected
                    + ". Both together would break the order of messages, so this process does not start: " + action);
        }
    }
}
