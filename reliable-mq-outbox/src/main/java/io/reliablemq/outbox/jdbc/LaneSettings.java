package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneLayout;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** The rows of the table reliable_mq_outbox_setting, as one transaction or statement sees them. */
record LaneSettings(Map<String, Long> values) {

    static final String TABLE = "reliable_mq_outbox_setting";

    /** What messages are written with. */
    static final String LANE_COUNT = "lane_count";
    /** Announced: what they will be written with. */
    static final String LANE_COUNT_NEXT = "lane_count_next";
    /** Switched: what they were written with. */
    static final String LANE_COUNT_BEFORE = "lane_count_before";
    /** After a change: what they were written with before it. */
    static final String LANE_COUNT_LAST = "lane_count_last";

    static final String LAYOUT_EPOCH = "layout_epoch";
    /** Since when every process has acknowledged the switch. */
    static final String ACKNOWLEDGED_AT = "layout_acknowledged_at_ms";

    static final String HASH_VERSION = "hash_version";

    static LaneSettings read(Session session) throws SQLException {
        Map<String, Long> values = new TreeMap<>();
        session.query(
                        "SELECT name, setting_value FROM " + TABLE,
                        parameters -> {},
                        columns -> Map.entry(columns.nextText(), columns.nextLong()))
                .forEach(setting -> values.put(setting.getKey(), setting.getValue()));
        return new LaneSettings(values);
    }

    /**
     * Until the end of the transaction nobody else takes a step.
     *
     * @return false when somebody else is at one, who may have been stopped there: who waited would lose its lease
     */
    static boolean lock(Session session) throws SQLException {
        return session.one(
                        "SELECT setting_value FROM " + TABLE + " WHERE name = ? FOR UPDATE SKIP LOCKED",
                        parameters -> parameters.add(LANE_COUNT),
                        Columns::nextLong)
                .isPresent();
    }

    static void put(String name, long value, Session session) throws SQLException {
        int updated = session.update(
                "UPDATE " + TABLE + " SET setting_value = ? WHERE name = ?",
                parameters -> parameters.add(value).add(name));
        if (updated == 0) {
            session.update(
                    "INSERT INTO " + TABLE + " (name, setting_value) VALUES (?, ?)",
                    parameters -> parameters.add(name).add(value));
        }
    }

    static void remove(String name, Session session) throws SQLException {
        session.update("DELETE FROM " + TABLE + " WHERE name = ?", parameters -> parameters.add(name));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** @throws IllegalStateException when it is not there */
    long get(String name) {
        Long value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("Table " + TABLE + " has no " + name
                    + ": the first process that starts writes it, and nobody must delete it while messages are there");
        }
        return value;
    }

    LaneLayout layout() {
        int lanes = (int) get(LANE_COUNT);
        int other = has(LANE_COUNT_BEFORE)
                ? (int) get(LANE_COUNT_BEFORE)
                : has(LANE_COUNT_NEXT) ? (int) get(LANE_COUNT_NEXT) : lanes;
        return new LaneLayout(lanes, other, values.getOrDefault(LAYOUT_EPOCH, 0L));
    }

    /** By the count that is there when the change has ended. */
    LaneLayout target() {
        LaneLayout layout = layout();
        return has(LANE_COUNT_NEXT)
                ? new LaneLayout((int) get(LANE_COUNT_NEXT), layout.lanes(), layout.epoch())
                : layout;
    }
}
