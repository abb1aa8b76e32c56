package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxStore.Horizon;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far the dedup records of a group are forgotten, for all processes. Dedup windows differ between processes while one is changed; a
 * record that was deleted by the shorter one must not be missed by the longer one. So what is to be deleted is announced first, and
 * deleted when everybody knows: by the monotonic clock of who deletes, since the database's may be set.
 */
final class InboxHorizon {

    private static final String TABLE = "reliable_mq_inbox_horizon";
    private static final String OF_GROUP = " where consumer_group = ?";
    private static final String NEXT = "update " + TABLE
            + " set forgotten_before = forgets_before, forgets_before = greatest(forgets_before, ?)" + OF_GROUP
            + " and forgets_before = ?";
    private static final String FIRST =
            "insert into " + TABLE + " (consumer_group, forgotten_before, forgets_before) values (?, 0, ?)";

    /** Two clocks that differ by so little, in milliseconds, are both right. */
    private static final long AGREED = 60_000;

    private static final String BACK = "update " + TABLE
            + " set forgotten_before = least(forgotten_before, ?), forgets_before = ?" + OF_GROUP
            + " and forgets_before = ?";

    private final InboxStatements statements;
    private final LongSupplier nanoTime;
    private final LongSupplier millis;
    private final Map<String, Announced> announced = new ConcurrentHashMap<>();

    InboxHorizon(InboxStatements statements, LongSupplier nanoTime, LongSupplier millis) {
        this.millis = millis;
        this.statements = statements;
        this.nanoTime = nanoTime;
    }

    private record Row(long forgottenBefore, long forgetsBefore) {}

    /** @param since when it was first found committed */
    private record Announced(long before, long since) {}

    /** One statement, so that the time is not older than the rest. */
    Horizon read(String group) {
        String sql = "select " + statements.dialect().now() + ", (select forgets_before from " + TABLE + OF_GROUP + ")";
        return Objects.requireNonNull(statements.guarded("read what is forgotten", () -> statements
                .jdbc()
                .queryForObject(sql, (row, index) -> new Horizon(row.getLong(1), row.getLong(2)), (Object)
                        group.getBytes(UTF_8))));
    }

    /**
     * To be called in each transaction that deletes; announces what comes next.
     *
     * @param now the database's time
     * @param ageMs who is older is not needed any more
     * @return who is older than that time may be deleted
     */
    long forget(String group, long now, long ageMs) {
        long old = now - ageMs;
        byte[] key = group.getBytes(UTF_8);
        Row row = row(key);
        if (row == null) {
            statements.insertIfAbsent(statements.dialect().admit(FIRST), key, old);
            return 0;
        }
        if (row.forgetsBefore() > now) {
            if (isRight(now)) {
                takeBack(key, now, row.forgetsBefore());
            }
            return 0;
        }
        long since = seen(group, row.forgetsBefore()).since();
        boolean known = nanoTime.getAsLong() - since >= InboxStore.NOTICE.toNanos();
        if (known && announce(NEXT, old, key, row.forgetsBefore())) {
            return Math.min(old, row.forgetsBefore());
        }
        return Math.min(old, row.forgottenBefore());
    }

    /**
     * The database's clock had been set forward and is right again: what came in meanwhile would be refused until then. Whatever was deleted
     * was handled before now.
     */
    private void takeBack(byte[] key, long now, long before) {
        announce(BACK, now, now, key, before);
    }

    /** It may as well be wrong only now, and what it had announced may have been deleted. */
    private boolean isRight(long now) {
        return Math.abs(millis.getAsLong() - now) <= AGREED;
    }

    private boolean announce(String update, @Nullable Object... arguments) {
        return statements.update("announce what is forgotten", update, arguments) == 1;
    }

    private Announced seen(String group, long before) {
        Announced seen = announced.get(group);
        if (seen == null || seen.before() != before) {
            seen = new Announced(before, nanoTime.getAsLong());
            announced.put(group, seen);
        }
        return seen;
    }

    private @Nullable Row row(byte[] key) {
        return statements
                .guarded("read what is forgotten", () -> statements
                        .jdbc()
                        .query(
                                "select forgotten_before, forgets_before from " + TABLE + OF_GROUP,
                                (row, index) -> new Row(row.getLong(1), row.getLong(2)),
                                (Object) key))
                .stream()
                .findFirst()
                .orElse(null);
    }
}
