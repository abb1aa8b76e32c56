package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Operation;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The table reliable_mq_inbox_audit: rows are inserted, never changed. */
final class InboxAudit {

    private static final String COLUMNS = "operation, actor, reason, detail, letter_id, performed_at";
    private static final int DETAIL = 1000;
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

    private final InboxStatements statements;

    InboxAudit(InboxStatements statements) {
        this.statements = statements;
    }

    Deed write(Operation operation, String letterId, String detail, Action action) {
        long now = Objects.requireNonNull(statements.guarded("read the clock", () -> statements
                .jdbc()
                .queryForObject("select " + statements.dialect().now(), Long.class)));
        String plain = CONTROLS.matcher(detail).replaceAll("?");
        Deed deed = new Deed(
                0,
                operation,
                action.actor(),
                action.reason(),
                plain.length() > DETAIL ? plain.substring(0, DETAIL) : plain,
                letterId,
                now);
        statements.update(
                "write the audit",
                "insert into reliable_mq_inbox_audit (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?)",
                operation.name(),
                FormText.storable(deed.actor()),
                FormText.storable(deed.reason()),
                FormText.storable(deed.detail()),
                letterId,
                now);
        return deed;
    }

    List<Deed> before(long id, int limit) {
        String sql = "select id, " + COLUMNS + " from reliable_mq_inbox_audit where id < ? order by id desc limit ?";
        return statements.guarded("read the audit", () -> statements
                .jdbc()
                .query(
                        sql,
                        (row, index) -> new Deed(
                                row.getLong(1),
                                Operation.valueOf(row.getString(2)),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getLong(7)),
                        id,
                        limit));
    }
}
