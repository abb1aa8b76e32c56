package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxLedger;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.KeptConnection;
import io.reliablemq.consumer.spi.TransactionLostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The inbox in the application's own database: MySQL, MariaDB, PostgreSQL or H2, found on first use.
 *
 * <p><b>Guarantee</b>: keys are compared byte by byte; of two transactions with one key at most one commits its record.
 * <b>Transaction</b>, <b>errors</b>: see {@link InboxStore}. <b>Thread</b>: any.
 */
public final class JdbcInbox implements InboxStore {

    /** Not by what they are not: open letters would be locked on the way, while an operator has one in hand. */
    private static final String SETTLED = " and state in ('REPLAYED', 'REPLACED', 'DISCARDED')";

    private static final String INSERT = "insert into reliable_mq_inbox"
            + " (consumer_group, message_key, message_id, digest, state, processed_at) values ";
    private static final String VALUES = "(?, ?, ?, ?, ?, ";
    private static final int COLUMNS = 5;
    private static final CommitSentinel NOTHING_TO_LOSE = () -> {};
    private static final String BY_KEY = " where consumer_group = ? and message_key = ?";
    private static final String FROM_STATE = BY_KEY + " and state = ?";
    private static final String CHANGE_STATE = "update reliable_mq_inbox set state = ?" + FROM_STATE;

    private final InboxStatements statements;
    private final DataSource dataSource;
    private final BoundConnection bound;
    private final DeadLetterStore deadLetters;
    private final InboxHorizon horizon;
    /** Made once: it is the same for each message. */
    private volatile @Nullable String insertOne;

    private JdbcInbox(DataSource dataSource) {
        this.dataSource = dataSource;
        this.statements = new InboxStatements(dataSource);
        this.bound = new BoundConnection(dataSource);
        this.deadLetters = new JdbcDeadLetters(statements);
        this.horizon = new InboxHorizon(statements, System::nanoTime, System::currentTimeMillis);
    }

    /** Opens no connection yet. The listeners' transaction manager must manage exactly this data source. */
    public static JdbcInbox on(DataSource dataSource) {
        DataSource target = dataSource;
        while (target instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
            target = Objects.requireNonNull(proxy.getTargetDataSource());
        }
        return new JdbcInbox(target);
    }

    /** The dead letters of the same database. */
    public DeadLetterStore deadLetters() {
        return deadLetters;
    }

    /** The records of the same database, for whoever compares. */
    public InboxLedger ledger() {
        return new JdbcInboxLedger(statements);
    }

    @Override
    public void requireBoundTransaction() {
        bound.require();
    }

    @Override
    public @Nullable KeptConnection keepConnection(PlatformTransactionManager manager) {
        return HikariConnection.of(dataSource, manager);
    }

    @Override
    public Admission admit(InboxEntry entry, InboxState state) {
        if (state != InboxState.DONE) {
            return insert(List.of(entry), state.name(), state.name()) == 1
                    ? new Admission.Admitted(NOTHING_TO_LOSE)
                    : recorded(entry);
        }
        CommitSentinel driversView = driversView();
        Mark mark = Mark.random();
        String first = driversView == null ? first(mark) : state.name();
        if (insert(List.of(entry), first, first) == 0) {
            return recorded(entry);
        }
        return new Admission.Admitted(driversView == null ? sentinel(entry, mark) : driversView);
    }

    /** A mark is the first one's, for all: they are one transaction's, or nobody's. */
    @Override
    public @Nullable CommitSentinel admitAll(List<InboxEntry> entries) {
        List<InboxEntry> sorted = entries.stream()
                .sorted((one, other) -> Arrays.compareUnsigned(bytes(one.key()), bytes(other.key())))
                .toList();
        Mark mark = Mark.random();
        return insert(sorted, first(mark), InboxState.DONE.name()) == entries.size()
                ? sentinel(sorted.get(0), mark)
                : null;
    }

    private String first(Mark mark) {
        return statements.dialect().forgetsSavepoints() ? InboxState.DONE.name() : mark.value();
    }

    private CommitSentinel sentinel(InboxEntry first, Mark mark) {
        return statements.dialect().forgetsSavepoints()
                ? SavepointSentinel.set(bound.current())
                : () -> confirm(first, mark);
    }

    private int insert(List<InboxEntry> entries, String first, String others) {
        @Nullable Object[] arguments = new Object[entries.size() * COLUMNS];
        int index = 0;
        for (InboxEntry entry : entries) {
            String state = index == 0 ? first : others;
            arguments[index++] = entry.group().getBytes(UTF_8);
            arguments[index++] = entry.key().getBytes(UTF_8);
            arguments[index++] = bytes(entry.messageId());
            arguments[index++] = entry.digest();
            arguments[index++] = state;
        }
        return statements.insertIfAbsent(insertOf(entries.size()), arguments);
    }

    private String insertOf(int entries) {
        String known = insertOne;
        if (entries == 1 && known != null) {
            return known;
        }
        Dialect dialect = statements.dialect();
        String values = VALUES + dialect.now() + ")";
        String insert = dialect.admit(INSERT + String.join(", ", Collections.nCopies(entries, values)));
        if (entries == 1) {
            insertOne = insert;
        }
        return insert;
    }

    private @Nullable CommitSentinel driversView() {
        return statements.dialect() == Dialect.POSTGRESQL ? DriversView.of(bound.current()) : null;
    }

    /** Leaves the time alone: it is in an index. */
    private void confirm(InboxEntry entry, Mark mark) {
        int confirmed;
        try {
            confirmed = move(CHANGE_STATE, entry, mark.value(), InboxState.DONE.name());
        } catch (InboxContentionException | InboxUnavailableException e) {
            throw TransactionLostException.of(e.getMessage(), e);
        }
        if (confirmed != 1) {
            throw TransactionLostException.of("the dedup record is gone", null);
        }
    }

    private Admission recorded(InboxEntry entry) {
        List<Admission> found = statements.guarded("read a key", () -> statements
                .jdbc()
                .query(
                        "select state, message_id, digest from reliable_mq_inbox" + BY_KEY,
                        (row, index) -> new Admission.Recorded(
                                Mark.state(row.getString(1)), text(row.getBytes(2)), row.getBytes(3)),
                        key(entry)));
        if (found.isEmpty()) {
            throw new InboxContentionException(
                    "Inbox: " + entry + " went away while it was read; it is tried again", null);
        }
        return found.get(0);
    }

    @Override
    public boolean flip(InboxEntry entry, InboxState from, InboxState to) {
        String stamped = "update reliable_mq_inbox set state = ?, processed_at = "
                + statements.dialect().now() + FROM_STATE;
        return move(stamped, entry, from.name(), to.name()) == 1;
    }

    @Override
    public CommitSentinel plantSentinel(InboxEntry entry) {
        Mark mark = Mark.random();
        move(CHANGE_STATE, entry, InboxState.DONE.name(), first(mark));
        return sentinel(entry, mark);
    }

    private int move(String update, InboxEntry entry, String from, String to) {
        return statements.update(
                "move a key",
                update,
                to,
                entry.group().getBytes(UTF_8),
                entry.key().getBytes(UTF_8),
                from);
    }

    @Override
    public int countFailure(InboxEntry entry) {
        if (addFailure(entry) == 0) {
            Dialect dialect = statements.dialect();
            statements.insertIfAbsent(
                    dialect.admit(
                            "insert into reliable_mq_inbox_failure (consumer_group, message_key, failures, last_failed_at)"
                                    + " values (?, ?, 1, " + dialect.now() + ")"),
                    key(entry));
        }
        Integer failures = statements.guarded("read a failure count", () -> statements
                .jdbc()
                .queryForObject("select failures from reliable_mq_inbox_failure" + BY_KEY, Integer.class, key(entry)));
        return Objects.requireNonNull(failures);
    }

    private int addFailure(InboxEntry entry) {
        return statements.update(
                "count a failure",
                "update reliable_mq_inbox_failure set failures = failures + 1, last_failed_at = "
                        + statements.dialect().now() + BY_KEY,
                key(entry));
    }

    @Override
    public void forgetFailures(InboxEntry entry) {
        statements.update("forget failures", "delete from reliable_mq_inbox_failure" + BY_KEY, key(entry));
    }

    @Override
    public long now() {
        String sql = "select " + statements.dialect().now();
        return Objects.requireNonNull(
                statements.guarded("read the clock", () -> statements.jdbc().queryForObject(sql, Long.class)));
    }

    @Override
    public Horizon horizon(String group) {
        return horizon.read(group);
    }

    @Override
    public int purge(String group, Duration age, int limit) {
        // bound, not computed in the statement: PostgreSQL would not use the index with a clock that goes on while it
        // looks
        Object[] arguments = {group.getBytes(UTF_8), horizon.forget(group, now(), age.toMillis())};
        return delete("reliable_mq_inbox", "processed_at", " and state <> 'DEAD'", limit, arguments)
                + delete("reliable_mq_inbox_failure", "last_failed_at", "", limit, arguments)
                + delete("reliable_mq_dead_letter", "settled_at", SETTLED, limit, arguments);
    }

    private int delete(String table, String age, String condition, int limit, Object[] arguments) {
        String old = "consumer_group = ? and " + age + " < ?" + condition;
        return statements.update("purge " + table, statements.dialect().deleteSome(table, old, limit, age), arguments);
    }

    private static @Nullable Object[] key(InboxEntry entry) {
        return new Object[] {entry.group().getBytes(UTF_8), entry.key().getBytes(UTF_8)};
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }
}
