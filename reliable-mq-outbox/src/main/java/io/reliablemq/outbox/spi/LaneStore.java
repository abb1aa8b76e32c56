package io.reliablemq.outbox.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Who owns which lane. All times are the database's, computed in SQL; application clocks do not matter.
 *
 * <p><b>Transaction</b>: each call is one of its own, at READ COMMITTED, committed when it returns.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}; whether the call took effect is then unknown.
 */
public interface LaneStore {

    /**
     * The layout in the database, written there by the first process.
     *
     * @param lanesOfNew how many lanes there shall be where there are none yet
     * @throws IllegalStateException when the database has a hash version that this release does not know
     */
    LaneLayout layout(int lanesOfNew);

    /** The layout in the database, as it is now. */
    LaneLayout layout();

    /** Registers a process incarnation with a lease from now. It has acknowledged no layout but the first. */
    void join(UUID node, String name, Duration lease);

    /** The same for one that only writes, and gets no lanes. */
    void joinAsWriter(UUID node, String name, Duration lease);

    /** From now on the process works by the layout of this epoch: it writes by it, and keeps the order of keys in two lanes. */
    void acknowledge(UUID node, long layoutEpoch);

    /**
     * Extends the lease.
     *
     * @return false when the node is not registered (any more): another process has taken its lanes
     */
    boolean heartbeat(UUID node, Duration lease);

    /** Registered nodes that relay and whose lease has not ended. */
    int liveNodes();

    /** Lanes that have, or need, an owner: during a change and for a while after it more than messages are written to. */
    int lanes();

    /** All registered nodes but {@code self}, and owners of lanes that are not registered. */
    List<Neighbour> neighbours(UUID self);

    /**
     * Removes a node that has not renewed its lease since it was seen so, and frees its lanes (owner none, epoch + 1), in one transaction
     * that waits for nobody: a node whose row is locked, by its heartbeat for example, stays, and so does a lane whose row is locked
     * until the next call.
     *
     * @return the number of lanes freed
     */
    int expel(Neighbour dead);

    /** The lanes that the node owns, with their epochs. */
    Map<Integer, Long> owned(UUID node);

    /** Takes up to {@code atMost} lanes without owner; each gets epoch + 1. Never more than asked, also under races. */
    Collection<LaneClaim> claim(UUID node, int atMost);

    /**
     * Gives a lane up, epoch + 1.
     *
     * @return false when the claim was not valid any more, or somebody else is just busy with the lane
     */
    boolean handOver(LaneClaim claim);

    /** Frees all lanes of the node and removes it. */
    void leave(UUID node);

    /**
     * Takes a change of the lane count to its next step, if every registered node has acknowledged the one before: the new count
     * is written with; then the grace time begins. Does nothing while another process is at it.
     *
     * @param grace for transactions of processes that have died or been stopped, between the lane of a message and the commit
     * @return whether the grace time is over, so that only misplaced messages can be in the way of {@link #finish}
     */
    boolean advance(Duration grace);

    /**
     * Looks for messages whose ordering key belongs to another lane: a page of the outbox. Reads without locks.
     *
     * @param from what the call before returned, or {@link Survey#of}
     * @param rows at most that many
     */
    Survey survey(Survey from, int rows);

    /**
     * Ends the change, if no parked message is misplaced either. From then on nobody expects a key in two lanes.
     *
     * @param layoutEpoch of the change that was looked at
     */
    boolean finish(long layoutEpoch);

    /**
     * A message was found in a lane of the count before: careful again, as before the last {@link #finish}.
     *
     * @return false when another process is just at a step, so that it is to be tried again
     */
    boolean reopen();

    /**
     * Removes a lane beyond the count, if it is empty.
     *
     * @return false when something is in it, or the claim is not valid any more
     */
    boolean retire(LaneClaim claim);

    /**
     * Gives messages in a lane that was removed a lane again, and so an owner: somebody has been stopped for long in the middle of
     * writing them.
     *
     * @return how many lanes are back
     */
    int revive();

    /**
     * Another process, as it was seen.
     *
     * @param leaseUntilMs when its lease ends, in milliseconds since 1970 by the database's clock; another value after each renewal. 0 for an
     *     owner that is not registered
     * @param overdueMs for how long the lease has ended by the database's clock; negative while it has not
     */
    record Neighbour(UUID node, long leaseUntilMs, long overdueMs) {

        /** Else it has been expelled, and lanes that were locked then are still its. */
        public boolean isRegistered() {
            return leaseUntilMs != 0;
        }
    }

    /**
     * How far the outbox has been looked through.
     *
     * @param layout by which keys are in their place
     * @param lane -1 before the first
     * @param id the last one seen in that lane
     * @param misplaced messages found so far whose key belongs to another lane
     * @param ended whether all was seen
     */
    record Survey(LaneLayout layout, int lane, long id, long misplaced, boolean ended) {

        public static Survey of(LaneLayout layout) {
            return new Survey(layout, -1, 0, 0, false);
        }
    }
}
