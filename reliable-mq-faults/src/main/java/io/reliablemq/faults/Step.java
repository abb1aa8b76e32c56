package io.reliablemq.faults;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a statement on our tables does, known by its text. A statement that does several things is the first of them. */
enum Step {
    PARK("insert into reliable_mq_outbox_parked\\b", Failpoint.BEFORE_PARK, Failpoint.AFTER_PARK),
    CANCEL("delete from reliable_mq_outbox_due where message_id = ", Failpoint.BEFORE_CANCEL, Failpoint.AFTER_CANCEL),
    MOVE("delete( from)? reliable_mq_outbox_due\\b", Failpoint.BEFORE_MOVE, Failpoint.AFTER_MOVE),
    DEAD_LETTER("insert into reliable_mq_dead_letter\\b", Failpoint.BEFORE_DEAD_LETTER, Failpoint.AFTER_DEAD_LETTER),
    SETTLE(
            "insert into reliable_mq_outbox_archive\\b|delete( from)? reliable_mq_outbox\\b",
            Failpoint.BEFORE_SETTLE,
            Failpoint.AFTER_SETTLE),
    EFFECT("insert( ignore)? into reliable_mq_inbox\\b", Failpoint.BEFORE_EFFECT_COMMIT, Failpoint.AFTER_EFFECT_COMMIT),
    OUTBOX(
            "insert into reliable_mq_outbox(_due)?\\b.* values ",
            Failpoint.BEFORE_OUTBOX_COMMIT,
            Failpoint.AFTER_OUTBOX_COMMIT);

    private final Pattern statement;
    final Failpoint before;
    final Failpoint after;

    Step(String statement, Failpoint before, Failpoint after) {
        this.statement = Pattern.compile(statement, Pattern.DOTALL);
        this.before = before;
        this.after = after;
    }

    static Optional<Step> of(String sql) {
        String text = sql.toLowerCase(Locale.ROOT);
        if (text.contains("reliable_mq_")) {
            for (Step step : values()) {
                if (step.statement.matcher(text).find()) {
                    return Optional.of(step);
                }
            }
        }
        return Optional.empty();
    }

    /** What a transaction of these is about: to park a message is to remove it from the outbox, and a dead letter has a dedup record. */
    static Set<Step> ofTransaction(Set<Step> executed) {
        EnumSet<Step> steps = EnumSet.copyOf(executed);
        if (steps.contains(PARK) || steps.contains(MOVE)) {
            steps.remove(SETTLE);
        }
        if (steps.contains(DEAD_LETTER)) {
            steps.remove(EFFECT);
        }
        return steps;
    }
}
