package io.reliablemq.outbox.crash;

import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the database says about the number of lanes.
 *
 * @param written what is written with
 * @param other while it changes what others may write with
 * @param epoch of the layout
 * @param acknowledged whether the grace time has begun
 * @param rows lanes that have, or need, an owner
 * @param audited how often an operator has changed the number
 */
record LaneState(long written, long other, long epoch, boolean acknowledged, long rows, long audited) {

    static LaneState read(JdbcTemplate jdbc) {
        Map<String, Long> settings = new HashMap<>();
        jdbc.query("SELECT name, setting_value FROM reliable_mq_outbox_setting", row -> {
            settings.put(row.getString(1), row.getLong(2));
        });
        long written = settings.get("lane_count");
        long before = settings.getOrDefault("lane_count_before", written);
        return new LaneState(
                written,
                settings.getOrDefault("lane_count_next", before),
                settings.getOrDefault("layout_epoch", 0L),
                settings.containsKey("layout_acknowledged_at_ms"),
                count("reliable_mq_outbox_lane", jdbc),
                count("reliable_mq_outbox_audit WHERE operation = 'CHANGE_LANES'", jdbc));
    }

    private static long count(String what, JdbcTemplate jdbc) {
        Long count = jdbc.queryForObject("SELECT COUNT(*) FROM " + what, Long.class);
        return count == null ? 0 : count;
    }

    boolean isSettled(int lanes) {
        return written == lanes && other == lanes && rows == lanes;
    }

    LaneState announced(int to) {
        return new LaneState(written, to, epoch + 1, false, Math.max(rows, to), audited + 1);
    }

    LaneState switched(int to) {
        return new LaneState(to, written, epoch + 2, false, Math.max(rows, to), audited + 1);
    }

    LaneState acknowledged(int to) {
        return new LaneState(to, written, epoch + 2, true, Math.max(rows, to), audited + 1);
    }

    LaneState finished(int to) {
        return new LaneState(to, to, epoch + 3, false, Math.max(rows, to), audited + 1);
    }

    LaneState withLanes(int more) {
        return new LaneState(written, other, epoch, acknowledged, rows + more, audited);
    }

    LaneState reopened(int last) {
        return new LaneState(written, last, epoch + 1, false, Math.max(rows, last), audited);
    }

    LaneState reopenedAndFinished() {
        return new LaneState(written, written, epoch + 2, false, written, audited);
    }
}
