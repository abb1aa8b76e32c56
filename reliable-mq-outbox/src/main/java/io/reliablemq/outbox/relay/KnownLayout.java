package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneLayout;

/** What this process writes by, from one run of its relay to the next. From any thread. */
final class KnownLayout {

    private volatile LaneLayout layout;

    KnownLayout(LaneLayout atStart) {
        layout = atStart;
    }

    LaneLayout get() {
        return layout;
    }

    void set(LaneLayout now) {
        layout = now;
    }
}
