package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutboxStore.Page;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pages of a backlog on PostgreSQL, where the rows of all lanes lie in the order in which they were written: read lane by lane,
 * each block of the table is visited once for each lane. Where the ids of a page lie close together the next page is read as a range
 * of ids of all lanes, which visits each block once (measured, 16 lanes, pages of 4,000: about two thirds of the server's time). A range
 * of n ids has n rows at most.
 */
final class DensePages {

    private final OwnTransactions own;
    private final RowReads reads;
    /** Whether the last page was full and its ids were close together; of no importance for what is found. */
    private volatile boolean dense;

    DensePages(OwnTransactions own, RowReads reads) {
        this.own = own;
        this.reads = reads;
    }

    Page next(Map<Integer, Long> afterByLane, int limitPerLane) {
        Set<Integer> lanes = afterByLane.keySet();
        long most = (long) limitPerLane * lanes.size();
        long lowest = Collections.min(afterByLane.values());
        if (dense && Collections.max(afterByLane.values()) - lowest <= most / 2) {
            List<OutboxRow> rows = own
                    .read(
                            "reading the outbox",
                            session -> reads.between(lanes, new IdRange(lowest, lowest + most), session))
                    .stream()
                    .filter(row ->
                            row.ref().id() > afterByLane.getOrDefault(row.ref().lane(), Long.MAX_VALUE))
                    .collect(Collectors.toList());
            if (rows.size() >= most / 2) {
                return new Page(rows, Set.of());
            }
        }
        List<OutboxRow> rows =
                own.read("reading the outbox", session -> reads.after(afterByLane, limitPerLane, session));
        dense = lanes.size() > 1 && rows.size() >= most / 2 && span(rows) <= 2 * most;
        return Page.of(rows, lanes, limitPerLane);
    }

    private static long span(List<OutboxRow> rows) {
        long lowest = rows.stream().mapToLong(row -> row.ref().id()).min().orElse(0);
        long highest = rows.stream().mapToLong(row -> row.ref().id()).max().orElse(0);
        return highest - lowest;
    }
}
