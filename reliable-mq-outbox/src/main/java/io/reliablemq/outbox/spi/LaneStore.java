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
     * @throws IllegalStateException when the database has another lane count than the configuration, or a hash version that
     *     this release does not know
     */
    LaneLayout layout(int configuredLanes);

    /** Registers a process incarnation with a lease from now. */
    void join(UUID node, String name, Duration lease);

    /**
     * Extends the lease.
     *
     * @return false when the node is not registered (any more): another process has taken its lanes
     */
    boolean heartbeat(UUID node, Duration lease);

    /** Registered nodes whose lease has not ended. */
    int liveNodes();

    /** Nodes whose lease has ended, not including {@code self}. */
    List<UUID> deadNodes(UUID self);

    /**
     * Removes a dead node and frees its lanes (owner none, epoch + 1), in one transaction that waits for nobody: a node whose
     * row is locked, by its heartbeat for example, stays, and so does a lane whose row is locked until the next call.
     *
     * @return the number of lanes freed
     */
    int expel(UUID deadNode);

    /** The lanes that the node owns, with their epochs. */
    Map<Integer, Long> owned(UUID node);

    /** Takes up to {@code atMost} lanes without owner; each gets epoch + 1. Never more than asked, also under races. */
    Collection<LaneClaim> claim(UUID node, int atMost);

    /**
     * Gives a lane up, epoch + 1.
     *
     * @return false when the claim was not valid any more
     */
    boolean handOver(LaneClaim claim);

    /** Frees all lanes of the node and removes it. */
    void leave(UUID node);
}
