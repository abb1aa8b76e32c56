package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.ArchiveStore;
import java.time.Duration;

/** The archive's table, for all but what comes in and what goes back. */
final class JdbcArchiveStore implements ArchiveStore {

    private final OwnTransactions own;
    private final ArchiveRows rows;

    JdbcArchiveStore(OwnTransactions own, OutboxDialect dialect) {
        this.own = own;
        this.rows = new ArchiveRows(dialect);
    }

    @Override
    public int purge(Duration retention, int limit) {
        return own.transaction(
                "purging the archive of the outbox", session -> rows.purge(retention.toMillis(), limit, session));
    }

    @Override
    public Content content() {
        return own.read("measuring the archive of the outbox", rows::content);
    }
}
