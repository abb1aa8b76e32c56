package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayFeed;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** For an instance whose relay is switched off: others find in the table what it writes. */
record WriteOnlyFeed(LaneLayout layout) implements RelayFeed {

    @Override
    public int unorderedLane() {
        return ThreadLocalRandom.current().nextInt(layout.lanes());
    }

    @Override
    public void announce(Collection<UUID> messageIds) {}

    @Override
    public void committed(List<OutboxRow> rows) {}

    @Override
    public void released(Collection<UUID> messageIds) {}
}
