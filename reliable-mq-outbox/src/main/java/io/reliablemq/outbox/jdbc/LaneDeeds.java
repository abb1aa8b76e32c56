package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Stage;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore.Survey;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What operators do to the lanes, and see of them. */
final class LaneDeeds {

    private static final int PAGE = 5000;

    private final LaneChanges changes;
    private final LaneKeys keys;
    private final AuditRows audit;

    LaneDeeds(OutboxDialect dialect, AuditRows audit) {
        this.changes = new LaneChanges(dialect);
        this.keys = new LaneKeys(dialect);
        this.audit = audit;
    }

    Lanes now(Session session) throws SQLException {
        LaneSettings settings = LaneSettings.read(session);
        LaneLayout layout = settings.layout();
        if (!layout.isChanging()) {
            return new Lanes(Stage.SETTLED, layout.lanes(), layout.lanes(), 0, 0, List.of());
        }
        Stage stage = settings.has(LaneSettings.LANE_COUNT_NEXT) ? Stage.ANNOUNCED : Stage.SWITCHED;
        return lanes(stage, settings.target(), LaneChanges.unacknowledged(layout, session), session);
    }

    Lanes after(int count, Session session) throws SQLException {
        LaneSettings settings = LaneSettings.read(session);
        if (isDone(settings, count)) {
            return now(session);
        }
        LaneLayout layout = LaneChanges.requireSettled(settings, count).layout();
        LaneLayout next = new LaneLayout(count, layout.lanes(), layout.epoch() + 1);
        return lanes(Stage.ANNOUNCED, next, LaneChanges.unacknowledged(next, session), session);
    }

    private Lanes lanes(Stage stage, LaneLayout target, List<String> waitingFor, Session session) throws SQLException {
        Survey survey = Survey.of(target);
        while (!survey.ended()) {
            survey = keys.survey(survey, PAGE, session);
        }
        return new Lanes(
                stage,
                target.otherLanes(),
                target.lanes(),
                survey.misplaced(),
                keys.misplacedParked(target, session),
                waitingFor);
    }

    Optional<Deed> change(int count, Action action, Session session) throws SQLException {
        if (isDone(LaneSettings.read(session), count)) {
            return Optional.empty();
        }
        LaneLayout before = changes.announce(count, session);
        String detail = "lanes from " + before.lanes() + " to " + count;
        return Optional.of(audit.write(Operation.CHANGE_LANES, action, detail, List.of(), session));
    }

    private static boolean isDone(LaneSettings settings, int count) {
        return settings.target().lanes() == count;
    }
}
