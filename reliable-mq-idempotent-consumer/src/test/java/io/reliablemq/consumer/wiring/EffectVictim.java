package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Edit;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.processing.IdempotentProcessing.Decoding;
import io.reliablemq.consumer.spi.BrokerDeadLetters;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageHandler;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.consumer.wiring.ListenerInfrastructure.Options;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DyingConnections;
import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A consumer of a few messages, in a JVM of its own that dies or in that of the test that goes on. */
final class EffectVictim {

    static final int MESSAGES = 20;
    static final Action ACTION = Action.by("operator", "by the test");
    static final Pace ALL = new Pace(100, 1_000);
    static final byte[] EDITED = "edited".getBytes(UTF_8);
    private static final String MIRROR = "insert into effect \\(message\\)";
    private static final String AUDIT = "insert into reliable_mq_inbox_audit ";

    /** What it does. */
    enum Task {
        /** Each message in a transaction of its own, the worker keeps its connection; not the first one dies. */
        ALONE("insert into effect "),
        /** Several messages in one. */
        TOGETHER("insert into effect "),
        /** Every message becomes a dead letter, with a mirror in its transaction. */
        BURY(MIRROR),
        /** The broker has given every message up. */
        DRAIN("insert into reliable_mq_dead_letter "),
        /** The dead letters of before are replayed. */
        REPLAY(AUDIT),
        EDIT(AUDIT),
        DISCARD(AUDIT);

        private final String statement;

        Task(String statement) {
            this.statement = statement;
        }

        /** What operators do to the dead letters of before, instead of receiving messages. */
        boolean isOperators() {
            return statement.equals(AUDIT);
        }

        KillPoint at(KillPoint.Moment moment) {
            return new KillPoint(statement, "", moment, 1 + committedBefore());
        }

        /** Of transactions, when the process dies. */
        int committedBefore() {
            return this == ALONE ? 2 : 0;
        }
    }

    final InMemoryBroker broker = new InMemoryBroker();
    final ListenerInfrastructure infrastructure;
    private final JdbcTemplate jdbc;
    private final String group;

    EffectVictim(DataSource dataSource, String group, Task task) {
        this.group = group;
        this.jdbc = new JdbcTemplate(dataSource);
        ConsumerSettings settings = ConsumerSettings.defaults();
        infrastructure = new ListenerInfrastructure(
                dataSource,
                new DataSourceTransactionManager(dataSource),
                broker,
                settings,
                ListenerObserver.NONE,
                new Options(Decoding.DEFAULTS, new Mirror(), false, Duration.ZERO, UnaryOperator.identity()));
        ListenerEndpoint listener = endpoint("orders", group, task, message -> new Effect(message, task == Task.BURY));
        infrastructure
                .containers()
                .register(
                        task == Task.DRAIN
                                ? endpoint("%DLQ%" + group, group + "drain", task, new BrokerDeadLetters(listener))
                                : listener);
    }

    private static ListenerEndpoint endpoint(String topic, String group, Task task, MessageHandler handler) {
        ConsumerSettings settings = ConsumerSettings.defaults();
        return new ListenerEndpoint(
                group,
                "test",
                new Subscription(topic, group, "*", false, false),
                new ListenerPolicy(
                        1,
                        task == Task.TOGETHER ? MESSAGES : 1,
                        true,
                        false,
                        settings.dedupWindow(),
                        RetryPolicy.defaults(),
                        List.of()),
                handler);
    }

    /** In place of the outbox. */
    private final class Mirror implements DeadLetterObserver {

        @Override
        public void writing(ListenerEndpoint listener, StoredLetter letter) {
            jdbc.update(
                    "insert into effect (message) values (?)",
                    "mirror of " + letter.entry().key());
        }
    }

    /** All of them, as a broker that has got no acknowledgement delivers them. */
    void receive() {
        IntStream.range(0, MESSAGES).mapToObj(i -> group + i).forEach(id -> broker.publish(Messages.message(id, id)));
        infrastructure.containers().start();
    }

    /** What was done by a process that has died is done once more, or found to be done. */
    void operate(Task task) {
        DeadLetters letters = infrastructure.deadLetters();
        Letters mine = Letters.ofGroup(group);
        switch (task) {
            case REPLAY -> letters.replay(mine, ALL, ACTION);
            case DISCARD -> letters.discard(mine, ALL, ACTION);
            case EDIT ->
                letters.list(mine, null, MESSAGES).stream()
                        .map(DeadLetter::id)
                        .filter(id -> !isEdited(id))
                        .forEach(id -> letters.edit(id, Edit.nothing().payload(EDITED, "text/plain"), ACTION));
            default -> throw new IllegalArgumentException(task + " is no operator's");
        }
    }

    boolean isEdited(String id) {
        return Arrays.equals(
                EDITED, infrastructure.deadLetters().payload(id).orElseThrow().bytes());
    }

    private final class Effect implements PreparedMessage {

        private final ReceivedMessage message;
        private final boolean poison;

        Effect(ReceivedMessage message, boolean poison) {
            this.message = message;
            this.poison = poison;
        }

        @Override
        public String key() {
            return null;
        }

        @Override
        public void handle() {
            jdbc.update("insert into effect values (?)", message.id());
            if (poison) {
                throw new FatalListenerException("poison");
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<String> all = List.of(arguments);
        Task task = Task.valueOf(all.get(0));
        Database database = new Database(TestDatabase.valueOf(all.get(2)), all.get(3), all.get(4), all.get(5));
        HikariDataSource pool = new HikariDataSource();
        pool.setMaximumPoolSize(4);
        pool.setDataSource(new DyingConnections(KillPoint.of(all.subList(6, 10)))
                .of(new DriverManagerDataSource(database.jdbcUrl(), database.username(), database.password())));
        EffectVictim victim = new EffectVictim(pool, all.get(1), task);
        if (task.isOperators()) {
            victim.operate(task);
        } else {
            victim.receive();
        }
        Thread.sleep(60_000);
    }
}
