package io.reliablemq.outbox.crash;

import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.KillPoint.Moment;
import java.util.function.BiFunction;

/** Commits around a change of the number of lanes, and what is in the database before and after each. */
enum LaneStep {
    ANNOUNCED("update reliable_mq_outbox_setting ", "lane_count_next", (settled, to) -> settled, LaneState::announced),
    /** By one of the processes: nothing goes on before the other has, too. */
    ACKNOWLEDGED("update reliable_mq_outbox_node set layout_epoch ", "", LaneState::announced, LaneState::announced),
    SWITCHED("delete from reliable_mq_outbox_setting ", "lane_count_next", LaneState::announced, LaneState::switched),
    ALL_ACKNOWLEDGED(
            "update reliable_mq_outbox_setting ",
            "layout_acknowledged_at_ms",
            LaneState::switched,
            LaneState::acknowledged),
    FINISHED("update reliable_mq_outbox_setting ", "lane_count_last", LaneState::acknowledged, LaneState::finished),
    RETIRED("delete from reliable_mq_outbox_lane ", "", LaneState::finished, (settled, to) -> settled.finished(to)
            .withLanes(-1)),
    /** A message has come late into a lane where it does not belong any more. */
    REOPENED(
            "update reliable_mq_outbox_setting ", "lane_count_before", (settled, last) -> settled, LaneState::reopened),
    /** A message has come late into a lane that was removed. */
    REVIVED(
            "insert into reliable_mq_outbox_lane ",
            "",
            (settled, last) -> settled,
            (settled, last) -> settled.withLanes(1));

    private final String statement;
    private final String value;
    private final BiFunction<LaneState, Integer, LaneState> before;
    private final BiFunction<LaneState, Integer, LaneState> after;

    LaneStep(
            String statement,
            String value,
            BiFunction<LaneState, Integer, LaneState> before,
            BiFunction<LaneState, Integer, LaneState> after) {
        this.statement = statement;
        this.value = value;
        this.before = before;
        this.after = after;
    }

    boolean isOfALateMessage() {
        return this == REOPENED || this == REVIVED;
    }

    KillPoint at(Moment moment, LaneState settled) {
        String bound = this == ACKNOWLEDGED ? String.valueOf(settled.epoch() + 1) : value;
        return new KillPoint(statement, bound, moment, 1);
    }

    /**
     * What a process leaves behind that dies there.
     *
     * @param other the number of lanes that it changes to; of a late message the one before
     */
    LaneState left(Moment moment, LaneState settled, int other) {
        return (moment == Moment.AFTER_COMMIT ? after : before).apply(settled, other);
    }

    /** What there is when others have gone on. */
    LaneState over(LaneState settled, int other) {
        return isOfALateMessage()
                ? settled.reopenedAndFinished()
                : settled.finished(other).withLanes(other - (int) Math.max(settled.rows(), other));
    }
}
