package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxLedger;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;

/** The archive by its index on the time, and a few rows in the table of settings. */
final class JdbcOutboxLedger implements OutboxLedger {

    private static final String NEXT = "reconciliation_next_ms";
    private static final String ENDED = "reconciliation_ended_ms";
    private static final String TOOK = "reconciliation_took_ms";
    private static final String MISSING = "reconciliation_missing";
    private static final String LATE = "reconciliation_late";
    private static final String DEAD = "reconciliation_dead";
    private static final String UNKNOWN = "reconciliation_unknown";

    private final OwnTransactions own;
    private final OutboxDialect dialect;

    JdbcOutboxLedger(OwnTransactions own, OutboxDialect dialect) {
        this.own = own;
        this.dialect = dialect;
    }

    @Override
    public long now() {
        return own.read("asking the database for the time", this::now);
    }

    private long now(Session session) throws SQLException {
        return session.one("SELECT " + dialect.nowMs(), parameters -> {}, Columns::nextLong)
                .orElseThrow();
    }

    /** An edit's version before is no message of its own. */
    @Override
    public List<Departed> departed(Span span, Set<String> topics, @Nullable Departed after, int limit) {
        long from = after == null ? span.fromMs() : after.archivedAtMs();
        long place = after == null ? -1 : after.place();
        return own.read(
                "reading the archive of the outbox",
                session -> session.query(
                        "SELECT message_id, topic, tag, outcome, archived_at_ms, deliver_at_ms, seq FROM "
                                + OutboxDialect.ARCHIVE
                                + " WHERE archived_at_ms >= ? AND (archived_at_ms > ? OR seq > ?) AND archived_at_ms < ?"
                                + " AND outcome <> 'REPLACED' AND topic IN (" + RowInsert.placeholders(topics.size())
                                + ") ORDER BY archived_at_ms, seq LIMIT ?",
                        parameters -> {
                            parameters.add(from).add(from).add(place).add(span.toMs());
                            for (String topic : topics) {
                                parameters.add(topic);
                            }
                            parameters.add(limit);
                        },
                        JdbcOutboxLedger::departed));
    }

    private static Departed departed(Columns columns) throws SQLException {
        return new Departed(
                columns.nextUuid(),
                columns.nextText(),
                columns.nextTextOrNull(),
                !ArchiveRows.SENT.equals(columns.nextText()),
                columns.nextLong(),
                columns.nextLong(),
                columns.nextLong());
    }

    @Override
    public boolean takeTurn(Duration every) {
        try {
            return own.transaction("taking the turn of a reconciliation", session -> {
                long now = now(session);
                int taken = session.update(
                        "UPDATE " + LaneSettings.TABLE + " SET setting_value = ? WHERE name = ? AND setting_value <= ?",
                        parameters ->
                                parameters.add(now + every.toMillis()).add(NEXT).add(now));
                if (taken == 0 && !LaneSettings.read(session).has(NEXT)) {
                    // not an update of what another process may have inserted by now: that turn is its own
                    session.update(
                            "INSERT INTO " + LaneSettings.TABLE + " (name, setting_value) VALUES (?, ?)",
                            parameters -> parameters.add(NEXT).add(now + every.toMillis()));
                    return true;
                }
                return taken == 1;
            });
        } catch (DataIntegrityViolationException e) {
            return false; // the very first turn is another's
        }
    }

    @Override
    public void prolongTurn(Duration every) {
        own.transaction("prolonging the turn of a reconciliation", session -> {
            LaneSettings.put(NEXT, now(session) + every.toMillis(), session);
            return true;
        });
    }

    @Override
    public void note(Outcome outcome) {
        own.transaction("noting the outcome of a reconciliation", session -> {
            LaneSettings.put(TOOK, outcome.tookMs(), session);
            LaneSettings.put(MISSING, outcome.missing(), session);
            LaneSettings.put(LATE, outcome.late(), session);
            LaneSettings.put(DEAD, outcome.dead(), session);
            LaneSettings.put(UNKNOWN, outcome.unknown() ? 1 : 0, session);
            LaneSettings.put(ENDED, now(session), session);
            return true;
        });
    }

    @Override
    public Optional<Noted> noted() {
        return own.transaction("reading the outcome of a reconciliation", session -> {
            LaneSettings settings = LaneSettings.read(session);
            if (!settings.has(ENDED)) {
                return Optional.empty();
            }
            return Optional.of(new Noted(outcome(settings.values()), Math.max(0, now(session) - settings.get(ENDED))));
        });
    }

    private static Outcome outcome(Map<String, Long> values) {
        return new Outcome(
                values.getOrDefault(TOOK, 0L),
                values.getOrDefault(MISSING, 0L),
                values.getOrDefault(LATE, 0L),
                values.getOrDefault(DEAD, 0L),
                values.getOrDefault(UNKNOWN, 0L) == 1);
    }
}
