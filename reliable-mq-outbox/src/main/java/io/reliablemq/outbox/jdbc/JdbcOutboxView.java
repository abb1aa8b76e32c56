package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;

/** The tables of the outbox, for whoever looks. */
final class JdbcOutboxView implements OutboxView {

    private static final String NODE = "reliable_mq_outbox_node";
    private static final int NO_LANE = -1;

    private final OwnTransactions own;
    private final OutboxDialect dialect;

    JdbcOutboxView(OwnTransactions own, OutboxDialect dialect) {
        this.own = own;
        this.dialect = dialect;
    }

    /** @param lane {@link #NO_LANE} for none */
    private record OwnedLane(UUID node, String name, boolean relays, long leaseLeftMs, int lane) {

        Owner with(List<Integer> lanes) {
            return new Owner(node, name, relays, leaseLeftMs, lanes);
        }
    }

    @Override
    public Ownership ownership() {
        Map<UUID, OwnedLane> nodes = new LinkedHashMap<>();
        Map<UUID, List<Integer>> lanes = new LinkedHashMap<>();
        for (OwnedLane each : ownedLanes()) {
            nodes.putIfAbsent(each.node(), each);
            List<Integer> its = lanes.computeIfAbsent(each.node(), any -> new ArrayList<>());
            if (each.lane() != NO_LANE) {
                its.add(each.lane());
            }
        }
        List<Owner> owners = new ArrayList<>();
        nodes.forEach((node, one) -> owners.add(one.with(lanes.getOrDefault(node, List.of()))));
        return new Ownership(owners, unowned());
    }

    private List<OwnedLane> ownedLanes() {
        return own.read(
                "reading who owns which lane",
                session -> session.query(
                        "SELECT n.node, n.name, n.relays, n.lease_until_ms - " + dialect.nowMs()
                                + ", COALESCE(l.lane, " + NO_LANE + ") AS its_lane FROM " + NODE + " n LEFT JOIN "
                                + JdbcLaneStore.LANE + " l ON l.owner = n.node ORDER BY n.name, n.node, its_lane",
                        parameters -> {},
                        columns -> new OwnedLane(
                                columns.nextUuid(),
                                columns.nextText(),
                                columns.nextBoolean(),
                                columns.nextLong(),
                                columns.nextInt())));
    }

    private List<Integer> unowned() {
        return own.read(
                "reading which lanes nobody owns",
                session -> session.query(
                        "SELECT l.lane FROM " + JdbcLaneStore.LANE + " l WHERE NOT EXISTS (SELECT 1 FROM " + NODE
                                + " n WHERE n.node = l.owner) ORDER BY l.lane",
                        parameters -> {},
                        Columns::nextInt));
    }

    @Override
    public List<TopicBacklog> backlog() {
        return backlog("");
    }

    @Override
    public SomeBacklog backlog(int most) {
        List<TopicBacklog> topics = backlog(" LIMIT " + most);
        return new SomeBacklog(
                topics,
                sum(topics, TopicBacklog::waiting) < most
                        && sum(topics, TopicBacklog::delayed) < most
                        && sum(topics, TopicBacklog::parked) < most);
    }

    private static long sum(List<TopicBacklog> topics, ToLongFunction<TopicBacklog> figure) {
        return topics.stream().mapToLong(figure).sum();
    }

    private List<TopicBacklog> backlog(String limit) {
        return own.read(
                "measuring the backlog of each topic",
                session -> session.query(
                        "SELECT topic, SUM(in_outbox), COALESCE(" + dialect.nowMs()
                                + " - MIN(first_ms), 0), SUM(in_due), SUM(in_parked) FROM ("
                                + byTopic(
                                        "COUNT(*) AS in_outbox, MIN(written_at_ms) AS first_ms, 0 AS in_due, 0 AS in_parked",
                                        rows("topic, written_at_ms", OutboxDialect.OUTBOX, limit))
                                + " UNION ALL "
                                + byTopic("0, NULL, COUNT(*), 0", rows("topic", OutboxDialect.DUE, limit))
                                + " UNION ALL "
                                + byTopic("0, NULL, 0, COUNT(*)", rows("topic", OutboxDialect.PARKED, limit))
                                + ") AS parts GROUP BY topic ORDER BY topic",
                        parameters -> {},
                        columns -> new TopicBacklog(
                                columns.nextText(),
                                columns.nextLong(),
                                Math.max(0, columns.nextLong()),
                                columns.nextLong(),
                                columns.nextLong())));
    }

    private static String rows(String columns, String table, String limit) {
        return limit.isEmpty() ? table : "(SELECT " + columns + " FROM " + table + limit + ") AS some_rows";
    }

    private static String byTopic(String columns, String table) {
        return "SELECT topic, " + columns + " FROM " + table + " GROUP BY topic";
    }
}
