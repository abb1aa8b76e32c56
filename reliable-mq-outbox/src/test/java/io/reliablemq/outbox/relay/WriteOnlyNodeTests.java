package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneLayout;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WriteOnlyNodeTests {

    private final MemoryLanes lanes = new MemoryLanes(4);

    /** A change of the lane count would wait for its lease to end. */
    @Test
    void deregistersWhenItStops() {
        WriteOnlyNode node = new WriteOnlyNode(lanes, new LaneLayout(4), "writer", Duration.ofHours(1));
        node.start();
        until(() -> lanes.nodes() == 1);

        node.stop();

        assertThat(lanes.nodes()).isZero();
    }
}
