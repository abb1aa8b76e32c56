package io.reliablemq.outbox.spi;

import java.util.UUID;

/**
 * The right of one process incarnation to read a lane, park its messages and hand it over.
 *
 * @param epoch grows by one each time the lane changes its owner; a claim of an older epoch has no effect any more
 */
public record LaneClaim(UUID node, int lane, long epoch) {}
