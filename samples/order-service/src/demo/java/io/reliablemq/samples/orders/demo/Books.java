package io.reliablemq.samples.orders.demo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The service's database, read past the service while it is not running. */
final class Books {

    /** What was committed and not yet done when the service died. */
    record Pending(long outboxRows, long effects) {}

    /**
     * What the tables hold in the end.
     *
     * @param lost promised or committed orders without exactly one effect per consumer group
     * @param phantom effects without an order
     * @param missingStock difference between what was ordered and what was taken from the stock
     */
    record Audit(long committed, long reservations, long notifications, long lost, long phantom, long missingStock) {}

    private final String url;

    Books(Path data) {
        url = "jdbc:h2:file:" + data.resolve("orders").toAbsolutePath() + ";WRITE_DELAY=0;IFEXISTS=TRUE";
    }

    Pending pending() throws SQLException {
        try (Connection connection = open()) {
            return new Pending(
                    number(connection, "select count(*) from reliable_mq_outbox"),
                    number(
                            connection,
                            "select 2 * (select count(*) from placed_order) - (select count(*) from reservation)"
                                    + " - (select count(*) from notification)"));
        }
    }

    /**
     * Adds copies of outbox rows, under the same message ids: the broker gets these messages twice, as it does after a crash
     * between its SEND_OK and the deletion of the row.
     */
    int duplicateRows(int limit) throws SQLException {
        String columns = "lane, message_id, topic, tag, message_key, ordering_key, content_type, headers, payload,"
                + " created_at_ms, deliver_at_ms";
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate("insert into reliable_mq_outbox (" + columns + ") select " + columns
                    + " from reliable_mq_outbox order by id limit " + limit);
        }
    }

    Audit audit(List<String> promised) throws SQLException {
        try (Connection connection = open()) {
            Set<String> committed = new HashSet<>(strings(connection, "select id from placed_order"));
            List<String> reservations = strings(connection, "select order_id from reservation");
            List<String> notifications = strings(connection, "select order_id from notification");
            Set<String> expected = new HashSet<>(committed);
            expected.addAll(promised);
            return new Audit(
                    committed.size(),
                    reservations.size(),
                    notifications.size(),
                    expected.size() - count(expected, once(reservations), once(notifications), committed),
                    without(committed, reservations) + without(committed, notifications),
                    number(
                            connection,
                            "select abs((select coalesce(sum(quantity), 0) from placed_order)"
                                    + " - (select sum(initial - quantity) from stock))"));
        }
    }

    @SafeVarargs
    private static int count(Set<String> expected, Set<String>... all) {
        Set<String> good = new HashSet<>(expected);
        for (Set<String> each : all) {
            good.retainAll(each);
        }
        return good.size();
    }

    private static Set<String> once(List<String> orderIds) {
        Set<String> seen = new HashSet<>();
        Set<String> again = new HashSet<>();
        orderIds.stream().filter(id -> !seen.add(id)).forEach(again::add);
        seen.removeAll(again);
        return Collections.unmodifiableSet(seen);
    }

    private static long without(Set<String> orders, List<String> effects) {
        return effects.stream().filter(id -> !orders.contains(id)).count();
    }

    private Connection open() throws SQLException {
        return DriverManager.getConnection(url, "sa", "");
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return Long.parseLong(strings(connection, sql).get(0));
    }

    private static List<String> strings(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> result = new ArrayList<>();
            while (rows.next()) {
                result.add(rows.getString(1));
            }
            return result;
        }
    }
}
