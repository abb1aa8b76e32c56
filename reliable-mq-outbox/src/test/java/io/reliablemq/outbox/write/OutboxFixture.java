package io.reliablemq.outbox.write;

import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.spi.DirectFeed;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.outbox.spi.WriteObserver;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An outbox on H2 with the smallest store that is transactional, and a feed that remembers what it was told. */
public final class OutboxFixture {

    private static final AtomicLong DATABASES = new AtomicLong();

    public final DataSource dataSource = h2();
    public final Store store = new Store(dataSource);
    public final Feed feed = new Feed();
    public final Direct direct = new Direct();
    /** What the observer was told to be written. */
    public final List<OutgoingMessage> observed = new ArrayList<>();

    public Consumer<OutgoingMessage> rules = message -> {};
    public final TransactionalOutbox outbox = TransactionalOutbox.on(dataSource)
            .store(store.port())
            .layout(() -> new LaneLayout(16))
            .feed(feed)
            .rules(message -> rules.accept(message))
            .converter(payload -> new Converted(payload.toString().getBytes(StandardCharsets.UTF_8), "text/plain"))
            .direct(direct)
            .observer(new WriteObserver() {
                @Override
                public void written(List<OutgoingMessage> messages) {
                    observed.addAll(messages);
                }
            })
            .build();

    public static DataSource h2() {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:write" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        return dataSource;
    }

    public static <T extends ConfigurableTransactionManager> T listening(T manager) {
        OutboxTransactionManagerPostProcessor.listenTo(manager, "testTransactionManager");
        return manager;
    }

    /** A template on a listening DataSourceTransactionManager. */
    public TransactionTemplate transaction() {
        return new TransactionTemplate(listening(new DataSourceTransactionManager(dataSource)));
    }

    public UUID send(String payload) {
        return outbox.send(OutboxMessage.to("orders").payload(payload));
    }

    /** Committed payloads in the order of their rows. */
    public List<String> written() {
        return new JdbcTemplate(dataSource).queryForList("SELECT payload FROM written ORDER BY id", String.class);
    }

    public static final class Store {

        public RuntimeException failure;
        public boolean forgetsRows;
        public int inserts;
        public final List<LaneMessage> delayed = new ArrayList<>();
        private final JdbcTemplate jdbc;

        Store(DataSource dataSource) {
            jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE written (id IDENTITY PRIMARY KEY, lane INT, message_id UUID, payload VARCHAR)");
        }

        /** Only what the write side uses. */
        @SuppressWarnings("unchecked")
        public OutboxStore port() {
            return (OutboxStore) Proxy.newProxyInstance(
                    OutboxStore.class.getClassLoader(),
                    new Class<?>[] {OutboxStore.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("insert")) {
                            return insert((List<LaneMessage>) arguments[0]);
                        }
                        if (method.getName().equals("delay")) {
                            delayed.addAll((List<LaneMessage>) arguments[0]);
                            return null;
                        }
                        if (method.getName().equals("cancel")) {
                            return false;
                        }
                        throw new UnsupportedOperationException(method.getName());
                    });
        }

        private List<OutboxRow> insert(List<LaneMessage> messages) {
            inserts++;
            List<OutboxRow> rows = new ArrayList<>();
            for (LaneMessage message : messages) {
                OutgoingMessage outgoing = message.message();
                jdbc.update(
                        "INSERT INTO written (lane, message_id, payload) VALUES (?, ?, ?)",
                        message.lane(),
                        outgoing.id(),
                        new String(outgoing.payload(), StandardCharsets.UTF_8));
                rows.add(new OutboxRow(new RowRef(message.lane(), rows.size(), outgoing.id()), outgoing));
            }
            if (failure != null) {
                throw failure;
            }
            return forgetsRows ? List.of() : rows;
        }
    }

    public static final class Feed implements RelayFeed {

        public final List<OutboxRow> committed = new ArrayList<>();
        public final List<UUID> released = new ArrayList<>();
        public final Set<UUID> held = new HashSet<>();
        public RuntimeException announceFailure;
        public RuntimeException committedFailure;

        @Override
        public int unorderedLane() {
            return 7;
        }

        @Override
        public void announce(Collection<UUID> messageIds) {
            held.addAll(messageIds);
            if (announceFailure != null) {
                throw announceFailure;
            }
        }

        @Override
        public void committed(List<OutboxRow> rows) {
            if (committedFailure != null) {
                throw committedFailure;
            }
            committed.addAll(rows);
            rows.forEach(row -> held.remove(row.ref().messageId()));
        }

        @Override
        public void released(Collection<UUID> messageIds) {
            released.addAll(messageIds);
            held.removeAll(messageIds);
        }
    }

    /** Takes what it is given and says how it came. */
    public static final class Direct implements DirectFeed {

        public final List<String> sent = new ArrayList<>();
        public final List<String> committed = new ArrayList<>();
        public final List<String> doubtful = new ArrayList<>();
        public final List<OutgoingMessage> messages = new ArrayList<>();
        public boolean full;

        @Override
        public void send(List<OutgoingMessage> all) {
            if (full) {
                throw new OutboxOverloadedException("full");
            }
            remember(all, sent);
        }

        @Override
        public void committed(List<OutgoingMessage> all) {
            remember(all, committed);
        }

        @Override
        public void doubtful(List<OutgoingMessage> all) {
            remember(all, doubtful);
        }

        private void remember(List<OutgoingMessage> all, List<String> where) {
            messages.addAll(all);
            all.forEach(message -> where.add(new String(message.payload(), StandardCharsets.UTF_8)));
        }
    }
}
