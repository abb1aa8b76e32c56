package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.Look.Found;
import io.reliablemq.outbox.relay.Look.Wanted;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides what to look for in the owned lanes, and takes in what was found: forward from the cursor, and behind it. */
final class TableReader {

    private static final int FEW = 4;
    private static final long OTHERS_TURN = Duration.ofSeconds(30).toNanos();

    private final OutboxStore store;
    private final RelaySettings settings;
    private final HeldMessages held;
    private final Intake intake;
    private final PageSize page;
    private final LateRows late;
    private final Lookout lookout;
    private final Circumstances circumstances;
    private long pollPause;
    private long nextPoll;
    private List<Wanted> asked = List.of();

    TableReader(
            OutboxStore store,
            RelaySettings settings,
            HeldMessages held,
            Intake intake,
            Lookout lookout,
            Circumstances circumstances) {
        this.store = store;
        this.settings = settings;
        this.held = held;
        this.intake = intake;
        this.lookout = lookout;
        this.circumstances = circumstances;
        this.nextPoll = circumstances.nanoTime();
        this.page = new PageSize(held);
        this.late = new LateRows(store, settings, held, intake, page, circumstances);
        this.pollPause = settings.pollMin().toNanos();
    }

    /**
     * Takes in what was found and looks for what is due. Throws what the store throws; the loop tries again later.
     *
     * @return whether the store has answered
     */
    boolean read(long now) {
        load(now);
        boolean answered = takeFound();
        intake.lanes().values().forEach(Lane::rewindToStart);
        intake.makeRoom(now);
        resumeMissed(now);
        if (!lookout.underWay()) {
            intake.lanes().values().forEach(lane -> lane.rewindToWaiting(now));
            intake.lanes().values().forEach(lane -> lane.rewindToPassedKeys(now, held::stands));
            late.sweepIfDue(now);
            lookIfDue(now);
        }
        return answered;
    }

    /** Nanoseconds until there is something to do. */
    long nextDue(long now) {
        if (lookout.underWay()) {
            return lookout.arrived() ? 0 : Long.MAX_VALUE;
        }
        if (!held.roomy()) {
            return settings.pollMin().toNanos();
        }
        boolean atOnce = intake.lanes().values().stream().anyMatch(lane -> isDue(lane, false, now));
        return atOnce ? 0 : Math.min(nextPoll - now, nextWaiting(now));
    }

    private long nextWaiting(long now) {
        return intake.lanes().values().stream()
                .mapToLong(lane -> lane.nextWaiting(now))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static boolean isDue(Lane lane, boolean pollDue, long now) {
        return !lane.draining && (pollDue || lane.more || lane.woken) && !lane.crowded() && !lane.overtaking.rests(now);
    }

    private void load(long now) {
        for (Lane lane : intake.lanes().values()) {
            if (!lane.loaded) {
                lane.blocked.putAll(store.parkedKeys(lane.number()));
                lane.old(store.writtenBefore(lane.number(), settings.trailing()));
                late.firstSweep(lane, now);
                lane.loaded = true;
            }
        }
    }

    private void resumeMissed(long now) {
        boolean resumed = false;
        for (TopicFlow flow : held.flows()) {
            if (flow.overflowed() && held.mayResume(flow) && isItsTurn(flow, now)) {
                flow.resume(now);
                resumed = true;
            }
        }
        if (resumed) {
            intake.lanes().values().forEach(Lane::rewindToMissed);
        }
    }

    private boolean isItsTurn(TopicFlow flow, long now) {
        if (flow.window.outage() && flow.held > 0) {
            return flow.mayLookForOthers(now)
                    && intake.lanes().values().stream().allMatch(lane -> lane.hasRested(now));
        }
        return isItsTurnAfterwards(flow, now);
    }

    /**
     * Going back to what was passed of a throttled topic, which is soon done with what it gets, again and again would keep from those behind
     * it that wait for the end of its backlog. So they have some time in between.
     */
    private boolean isItsTurnAfterwards(TopicFlow flow, long now) {
        return flow.hasRecovered()
                || !flow.window.isThrottled()
                || flow.overflowedFor(now) >= OTHERS_TURN
                || (!lookout.underWay() && intake.lanes().values().stream().noneMatch(lane -> lane.more));
    }

    private void lookIfDue(long now) {
        boolean roomy = held.roomy();
        boolean pollDue = roomy && now - nextPoll >= 0;
        boolean backlog = intake.lanes().values().stream().anyMatch(lane -> lane.more);
        boolean allBehind = late.scanDue(now, backlog);
        List<Wanted> wanted = new ArrayList<>();
        for (Lane lane : intake.lanes().values()) {
            boolean forward = roomy && isDue(lane, pollDue, now);
            if (forward || (allBehind && !lane.draining && !lane.settledDown())) {
                wanted.add(new Wanted(lane, lane.turn(), forward, lane.trail()));
            }
        }
        if (pollDue) {
            nextPoll = now + circumstances.jittered(pollPause);
            pollPause = Math.min(pollPause * 2, settings.pollMax().toNanos());
        }
        if (!wanted.isEmpty()) {
            ask(wanted, allBehind);
        }
    }

    private void ask(List<Wanted> wanted, boolean allBehind) {
        boolean atOnce =
                wanted.size() <= FEW && wanted.stream().allMatch(one -> one.forward() && isWokenOnly(one.lane()));
        int lanes = 0;
        for (Wanted one : wanted) {
            if (one.forward()) {
                lanes++;
                // a wake-up that comes from now on may tell of what the look does not see
                one.lane().woken = false;
                one.lane().more = false;
            }
        }
        int limit = Math.max(1, page.rows() / Math.max(1, lanes));
        asked = wanted;
        held.looking(lanes * limit);
        lookout.ask(new Look(wanted, limit, allBehind, atOnce));
    }

    /** No backlog is read: what is behind belongs to the few rows that come. */
    private static boolean isWokenOnly(Lane lane) {
        return lane.woken && !lane.more;
    }

    private boolean takeFound() {
        if (!lookout.arrived()) {
            return false;
        }
        held.found();
        try {
            take(lookout.take());
            return true;
        } catch (RuntimeException e) {
            asked.stream().filter(Wanted::forward).forEach(wanted -> wanted.lane().more = true);
            throw e;
        } finally {
            held.looked();
        }
    }

    private void take(Found found) {
        long now = circumstances.nanoTime();
        if (found.look().allBehind()) {
            late.scanned(now, found.nanos());
        }
        if (!found.rows().isEmpty()) {
            page.saw(found.rows());
            pollPause = settings.pollMin().toNanos();
        }
        List<Lane> taken = new ArrayList<>();
        for (Wanted wanted : found.look().lanes()) {
            if (!isStillWanted(wanted) || !holdBehind(wanted.lane(), found)) {
                wanted.lane().more = true;
            } else if (wanted.forward()) {
                taken.add(wanted.lane());
            }
        }
        Set<Integer> numbers = taken.stream().map(Lane::number).collect(Collectors.toSet());
        intake.read(found.rows().stream()
                .filter(row -> numbers.contains(row.ref().lane()))
                .toList());
        taken.forEach(lane -> advance(lane, found, now));
    }

    private boolean isStillWanted(Wanted wanted) {
        Lane lane = wanted.lane();
        return intake.lanes().get(lane.number()) == lane
                && lane.turn() == wanted.turn()
                && !lane.draining
                && !lane.startOver;
    }

    private boolean holdBehind(Lane lane, Found found) {
        List<RowRef> behind = found.behind(lane);
        if (behind == null) {
            return true;
        }
        boolean all = late.holdAll(lane, behind);
        if (all) {
            lane.lookedBehind(found.began());
        }
        return all;
    }

    private static void advance(Lane lane, Found found, long now) {
        lane.more = !found.ended().contains(lane.number());
        if (!lane.more) {
            lane.endReached();
        }
        // also an empty page has come as far as the cursor
        lane.read(Math.max(found.last(lane), lane.cursor()), now, found.nanos());
    }
}
