package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import java.util.List;

/** How many rows to read at once: fewer when they are large, so that a page does not burst the memory it is read into. */
final class PageSize {

    private static final int LARGEST = 4000;
    /** Before any row was seen. */
    private static final long CAUTIOUS = 1024 * 1024;

    private final HeldMessages held;
    private long rowBytes = CAUTIOUS;

    PageSize(HeldMessages held) {
        this.held = held;
    }

    int rows() {
        return (int) Math.max(1, Math.min(Math.min(LARGEST, held.freePlaces() * 3 / 4), held.freeBytes() / rowBytes));
    }

    void saw(List<OutboxRow> rows) {
        if (!rows.isEmpty()) {
            long bytes = rows.stream().mapToLong(row -> row.message().weight()).sum();
            rowBytes = Math.max(bytes / rows.size(), rowBytes / 2);
        }
    }
}
