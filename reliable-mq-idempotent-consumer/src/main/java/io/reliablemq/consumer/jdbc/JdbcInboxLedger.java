package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.InboxLedger;
import io.reliablemq.consumer.spi.InboxState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Dedup records and counts of failures, by their primary keys. */
final class JdbcInboxLedger implements InboxLedger {

    private final InboxStatements statements;

    JdbcInboxLedger(InboxStatements statements) {
        this.statements = statements;
    }

    /** Records last: a message that is applied in between must not look as if it had never come. */
    @Override
    public Map<String, Arrival> arrivals(String group, Collection<String> keys) {
        Map<String, Arrival> arrivals = new HashMap<>();
        if (keys.isEmpty()) {
            return arrivals;
        }
        List<Object> arguments = new ArrayList<>();
        keys.forEach(key -> arguments.add(key.getBytes(UTF_8)));
        arguments.add(group.getBytes(UTF_8));
        read(
                "select i.message_key, 'RETRYING', i.last_failed_at" + from("reliable_mq_inbox_failure", keys.size()),
                arguments,
                arrivals);
        read(
                "select i.message_key, i.state, i.processed_at" + from("reliable_mq_inbox", keys.size()),
                arguments,
                arrivals);
        return arrivals;
    }

    /** H2 uses no more than the first column of an index for an IN: it would compare each record of the group with each key. */
    private String from(String table, int keys) {
        return statements.dialect() == Dialect.H2
                ? " from (values " + listed("(cast(? as varbinary(255)))", keys) + ") as sought (k) join " + table
                        + " i on i.message_key = sought.k and i.consumer_group = ?"
                : " from " + table + " i where i.message_key in (" + listed("?", keys) + ") and i.consumer_group = ?";
    }

    private static String listed(String one, int times) {
        return String.join(", ", Collections.nCopies(times, one));
    }

    private void read(String sql, List<Object> arguments, Map<String, Arrival> into) {
        statements.guarded("read what has arrived", () -> {
            statements
                    .jdbc()
                    .query(
                            sql,
                            row -> {
                                into.put(
                                        new String(row.getBytes(1), UTF_8),
                                        new Arrival(fate(row.getString(2)), row.getLong(3)));
                            },
                            arguments.toArray());
            return true;
        });
    }

    private static Fate fate(String state) {
        if (state.equals(Fate.RETRYING.name())) {
            return Fate.RETRYING;
        }
        return Mark.state(state) == InboxState.DONE ? Fate.APPLIED : Fate.DEAD;
    }
}
