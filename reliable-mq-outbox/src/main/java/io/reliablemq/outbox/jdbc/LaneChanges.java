package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.LaneSettings.ACKNOWLEDGED_AT;
import static io.reliablemq.outbox.jdbc.LaneSettings.LANE_COUNT;
import static io.reliablemq.outbox.jdbc.LaneSettings.LANE_COUNT_BEFORE;
import static io.reliablemq.outbox.jdbc.LaneSettings.LANE_COUNT_LAST;
import static io.reliablemq.outbox.jdbc.LaneSettings.LANE_COUNT_NEXT;
import static io.reliablemq.outbox.jdbc.LaneSettings.LAYOUT_EPOCH;
import static io.reliablemq.outbox.jdbc.LaneSettings.put;
import static io.reliablemq.outbox.jdbc.LaneSettings.remove;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.CannotAcquireLockException;

/**
 * The steps of a change of the lane count, each within one transaction: announced, switched, acknowledged by all, finished; and
 * the lanes beyond the count, which go when they are empty. Each begins with the lock of {@link LaneSettings#lock} and looks anew
 * what there is to do, so it does not matter who does it, how often, and who has died before.
 */
final class LaneChanges {

    private static final String LANE = JdbcLaneStore.LANE;
    private static final String NODE = JdbcLaneStore.NODE;

    private final String now;
    private final LaneKeys keys;

    LaneChanges(OutboxDialect dialect) {
        this.now = dialect.nowMs();
        this.keys = new LaneKeys(dialect);
    }

    /** Writers go on with the old count until all relays know that there will be two. */
    LaneLayout announce(int lanes, Session session) throws SQLException {
        LaneSettings settings = locked(session)
                .orElseThrow(() -> new CannotAcquireLockException("Another process is just working at the lanes, or was"
                        + " stopped in the middle of it: nothing was changed. Try again in a moment"));
        LaneLayout layout = requireSettled(settings, lanes).layout();
        put(LANE_COUNT_NEXT, lanes, session);
        put(LAYOUT_EPOCH, layout.epoch() + 1, session);
        Layouts.addMissing(lanes, session);
        return layout;
    }

    /** @throws IllegalStateException when another change goes on */
    static LaneSettings requireSettled(LaneSettings settings, int lanes) {
        if (settings.layout().isChanging()) {
            throw new IllegalStateException("The lane count is just being changed between "
                    + settings.layout().otherLanes() + " and "
                    + settings.layout().lanes() + ": nothing was changed. Wait"
                    + " until that has ended, then change it to " + lanes);
        }
        return settings;
    }

    private static Optional<LaneSettings> locked(Session session) throws SQLException {
        return LaneSettings.lock(session) ? Optional.of(LaneSettings.read(session)) : Optional.empty();
    }

    boolean advance(Duration grace, Session session) throws SQLException {
        Optional<LaneSettings> locked = locked(session);
        if (locked.isEmpty() || !locked.get().layout().isChanging() || !allHaveAcknowledged(locked.get(), session)) {
            return false;
        }
        LaneSettings settings = locked.get();
        if (settings.has(LANE_COUNT_NEXT)) {
            switchOver(settings, session);
            return false;
        }
        return isGraceOver(settings, grace, session);
    }

    private static boolean allHaveAcknowledged(LaneSettings settings, Session session) throws SQLException {
        return unacknowledged(settings.layout(), session).isEmpty();
    }

    /** Also of those whose lease has ended: they may only be slow, until they are expelled. */
    static List<String> unacknowledged(LaneLayout layout, Session session) throws SQLException {
        return session.query(
                "SELECT name, node FROM " + NODE + " WHERE layout_epoch < ? ORDER BY name",
                parameters -> parameters.add(layout.epoch()),
                columns -> columns.nextText() + " (" + columns.nextUuid() + ")");
    }

    private static void switchOver(LaneSettings settings, Session session) throws SQLException {
        put(LANE_COUNT_BEFORE, settings.get(LANE_COUNT), session);
        put(LANE_COUNT, settings.get(LANE_COUNT_NEXT), session);
        remove(LANE_COUNT_NEXT, session);
        remove(ACKNOWLEDGED_AT, session);
        put(LAYOUT_EPOCH, settings.layout().epoch() + 1, session);
    }

    private boolean isGraceOver(LaneSettings settings, Duration grace, Session session) throws SQLException {
        long time = session.one("SELECT " + now, parameters -> {}, Columns::nextLong)
                .orElseThrow();
        // a clock that was set back begins anew
        if (!settings.has(ACKNOWLEDGED_AT) || settings.get(ACKNOWLEDGED_AT) > time) {
            put(ACKNOWLEDGED_AT, time, session);
            return false;
        }
        return time - settings.get(ACKNOWLEDGED_AT) >= grace.toMillis();
    }

    boolean finish(long layoutEpoch, Session session) throws SQLException {
        Optional<LaneSettings> locked = locked(session);
        if (locked.isEmpty() || !isReady(locked.get(), layoutEpoch, session)) {
            return false;
        }
        LaneSettings settings = locked.get();
        put(LANE_COUNT_LAST, settings.get(LANE_COUNT_BEFORE), session);
        remove(LANE_COUNT_BEFORE, session);
        remove(ACKNOWLEDGED_AT, session);
        put(LAYOUT_EPOCH, layoutEpoch + 1, session);
        return true;
    }

    private boolean isReady(LaneSettings settings, long layoutEpoch, Session session) throws SQLException {
        return settings.has(LANE_COUNT_BEFORE)
                && settings.layout().epoch() == layoutEpoch
                && allHaveAcknowledged(settings, session)
                && keys.misplacedParked(settings.layout(), session) == 0;
    }

    /**
     * To be called before parked messages are put back: their lanes may have been looked through while they were parked, and what is
     * parked is looked at in the end. With another epoch all is looked through anew.
     *
     * @return false when another process is just at a step, so that nothing may be put back now
     */
    static boolean lookAnew(Session session) throws SQLException {
        if (!LaneSettings.read(session).has(LANE_COUNT_BEFORE)) {
            return true;
        }
        Optional<LaneSettings> locked = locked(session);
        if (locked.isPresent() && locked.get().has(LANE_COUNT_BEFORE)) {
            put(LAYOUT_EPOCH, locked.get().layout().epoch() + 1, session);
        }
        return locked.isPresent();
    }

    boolean reopen(Session session) throws SQLException {
        Optional<LaneSettings> locked = locked(session);
        if (locked.isEmpty()) {
            return false;
        }
        LaneSettings settings = locked.get();
        if (settings.layout().isChanging() || !settings.has(LANE_COUNT_LAST)) {
            return true;
        }
        long before = settings.get(LANE_COUNT_LAST);
        put(LANE_COUNT_BEFORE, before, session);
        put(LAYOUT_EPOCH, settings.layout().epoch() + 1, session);
        Layouts.addMissing((int) Math.max(before, settings.get(LANE_COUNT)), session);
        return true;
    }

    boolean retire(LaneClaim claim, Session session) throws SQLException {
        Optional<LaneSettings> locked = locked(session);
        boolean surplus = locked.isPresent()
                && !locked.get().layout().isChanging()
                && claim.lane() >= locked.get().layout().lanes();
        return surplus
                && session.one(
                                "SELECT lane FROM " + LANE
                                        + " WHERE lane = ? AND owner = ? AND epoch = ? FOR UPDATE SKIP LOCKED",
                                parameters -> parameters
                                        .add(claim.lane())
                                        .add(claim.node())
                                        .add(claim.epoch()),
                                Columns::nextInt)
                        .isPresent()
                && keys.isEmpty(claim.lane(), session)
                && session.update("DELETE FROM " + LANE + " WHERE lane = ?", parameters -> parameters.add(claim.lane()))
                        == 1;
    }

    /** Lanes of the outbox beyond the count that have no row in the lane table. */
    List<Integer> ownerless(LaneLayout layout, Session session) throws SQLException {
        List<Integer> ownerless = new ArrayList<>();
        Optional<Integer> lane = keys.laneFrom(Math.max(layout.lanes(), layout.otherLanes()), session);
        while (lane.isPresent()) {
            int number = lane.get();
            if (session.one(
                            "SELECT lane FROM " + LANE + " WHERE lane = ?",
                            parameters -> parameters.add(number),
                            Columns::nextInt)
                    .isEmpty()) {
                ownerless.add(number);
            }
            lane = keys.laneFrom(number + 1, session);
        }
        return ownerless;
    }

    int revive(Session session) throws SQLException {
        Optional<LaneSettings> locked = locked(session);
        List<Integer> ownerless =
                locked.isEmpty() ? List.of() : ownerless(locked.get().layout(), session);
        if (!ownerless.isEmpty()) {
            Layouts.insert(ownerless, session);
        }
        return ownerless.size();
    }
}
