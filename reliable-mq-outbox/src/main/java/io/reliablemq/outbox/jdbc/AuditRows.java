package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Operation;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table reliable_mq_outbox_audit: rows are inserted, never changed. */
final class AuditRows {

    private static final String AUDIT = "reliable_mq_outbox_audit";
    private static final int DETAIL = 1000;
    /** It is logged too, and an operator may have typed what he was looking for. */
    private static final Pattern WITHOUT_CONTROLS = Pattern.compile("\\p{Cntrl}");

    private final OutboxDialect dialect;

    AuditRows(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    Deed write(Operation operation, Action action, String detail, List<UUID> messages, Session session)
            throws SQLException {
        Deed deed = new Deed(
                0,
                operation,
                action.actor(),
                action.reason(),
                ColumnLimits.cut(WITHOUT_CONTROLS.matcher(detail).replaceAll("?"), DETAIL),
                messages,
                now(session));
        session.update(
                "INSERT INTO " + AUDIT + " (operation, actor, reason, detail, message_ids, performed_at_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                parameters -> parameters
                        .add(operation.name())
                        .add(deed.actor())
                        .add(deed.reason())
                        .add(deed.detail())
                        .add(messages.stream().map(UUID::toString).collect(Collectors.joining(",")))
                        .add(deed.performedAtMs()));
        return deed;
    }

    long now(Session session) throws SQLException {
        return session.one("SELECT " + dialect.nowMs(), parameters -> {}, Columns::nextLong)
                .orElseThrow();
    }

    List<Deed> before(long id, int limit, Session session) throws SQLException {
        return session.query(
                "SELECT id, operation, actor, reason, detail, message_ids, performed_at_ms FROM " + AUDIT
                        + " WHERE id < ? ORDER BY id DESC LIMIT ?",
                parameters -> parameters.add(id).add(limit),
                columns -> new Deed(
                        columns.nextLong(),
                        Operation.valueOf(columns.nextText()),
                        columns.nextText(),
                        columns.nextText(),
                        columns.nextText(),
                        ids(columns.nextText()),
                        columns.nextLong()));
    }

    private static List<UUID> ids(String text) {
        return Arrays.stream(text.split(","))
                .filter(id -> !id.isEmpty())
                .map(UUID::fromString)
                .toList();
    }
}
