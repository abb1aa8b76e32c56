package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.LaneStore.Survey;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a change of the lane count on, a little with each heartbeat. The owner of the first lane does it, so that it is one as a rule;
 * should two think so, each step is one transaction that looks anew. On the lane keeper's thread.
 */
final class LaneChange {

    private static final Logger log = LoggerFactory.getLogger(LaneChange.class);
    private static final int PAGE = 5000;

    private final LaneStore store;
    private final Duration grace;
    private final long atOnce;
    private final Circumstances circumstances;
    private @Nullable Survey survey;
    private boolean toReopen;

    /** @param grace see {@link LaneStore#advance} */
    LaneChange(LaneStore store, Duration grace, Duration lease, Circumstances circumstances) {
        this.store = store;
        this.grace = grace;
        this.circumstances = circumstances;
        this.atOnce = lease.toNanos() / 10;
    }

    /** @param sawMisplaced whether a message was found in a lane where it does not belong, since the last time */
    void reopen(LaneLayout layout, boolean sawMisplaced) {
        if (sawMisplaced) {
            log.warn("A message was found in a lane of another lane count: its writer was stopped for long. It is sent,"
                    + " before or after later ones of its key that were written meanwhile");
        }
        toReopen = (toReopen || sawMisplaced) && !layout.isChanging();
        toReopen = toReopen && !store.reopen();
    }

    /** @param claims the lanes of this process */
    void goOn(LaneLayout layout, Collection<LaneClaim> claims) {
        if (claims.stream().noneMatch(claim -> claim.lane() == 0)) {
            return;
        }
        int revived = store.revive();
        if (revived > 0) {
            log.warn("Messages were written to {} lane(s) that had been removed: the lanes are back", revived);
        }
        if (layout.isChanging() && store.advance(grace)) {
            look(layout);
        } else {
            survey = null;
        }
    }

    /** Empty lanes beyond the count go, when nothing changes any more. */
    void retire(LaneLayout layout, Collection<LaneClaim> claims) {
        if (!layout.isChanging()) {
            claims.stream().filter(claim -> claim.lane() >= layout.lanes()).forEach(store::retire);
        }
    }

    private void look(LaneLayout layout) {
        Survey seen = survey != null && survey.layout().equals(layout) ? survey : Survey.of(layout);
        long began = circumstances.nanoTime();
        while (!seen.ended() && seen.misplaced() == 0 && circumstances.nanoTime() - began < atOnce) {
            seen = store.survey(seen, PAGE);
        }
        survey = seen.ended() || seen.misplaced() > 0 ? null : seen;
        if (seen.ended() && seen.misplaced() == 0 && store.finish(layout.epoch())) {
            log.info("The lane count is {} now, everything from before is sent", layout.lanes());
        }
    }
}
