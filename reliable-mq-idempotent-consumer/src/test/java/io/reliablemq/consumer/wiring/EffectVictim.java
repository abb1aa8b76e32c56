package io.reliablemq.consumer.wiring;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DyingConnections;
import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.TestDatabase;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** A consumer of a few messages, in a JVM of its own that dies or in that of the test that goes on. */
final class EffectVictim {

    static final int MESSAGES = 20;
    static final Action ACTION = Action.by("operator", "by the test");
    static final Pace ALL = new Pace(100, 1_000);

    /** What it does. */
    enum Task {
        /** Each message in a transaction of its own. */
        ALONE("insert into effect "),
        /** Several messages in one. */
        TOGETHER("insert into effect "),
        /** Every message becomes a dead letter. */
        BURY("insert into reliable_mq_dead_letter "),
        /** The dead letters of before are replayed. */
        REPLAY("insert into reliable_mq_inbox_audit ");

        private final String statement;

        Task(String statement) {
            this.statement = statement;
        }

        KillPoint at(KillPoint.Moment moment) {
            return new KillPoint(statement, "", moment, 1);
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
                dataSource, new DataSourceTransactionManager(dataSource), broker, settings, ListenerObserver.NONE);
        infrastructure
                .containers()
                .register(new ListenerEndpoint(
                        group,
                        "test",
                        new Subscription("orders", group, "*", false, false),
                        new ListenerPolicy(
                                1,
                                task == Task.TOGETHER ? MESSAGES : 1,
                                true,
                                false,
                                settings.dedupWindow(),
                                RetryPolicy.defaults(),
                                List.of()),
                        message -> new Effect(message, task == Task.BURY)));
    }

    /** All of them, as a broker that has got no acknowledgement delivers them. */
    void receive() {
        IntStream.range(0, MESSAGES).mapToObj(i -> group + i).forEach(id -> broker.publish(Messages.message(id, id)));
        infrastructure.containers().start();
    }

    void replay() {
        infrastructure.deadLetters().replay(Letters.ofGroup(group), ALL, ACTION);
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
        DataSource dying = new DyingConnections(KillPoint.of(all.subList(6, 10))).of(database.dataSource(4));
        EffectVictim victim = new EffectVictim(dying, all.get(1), task);
        if (task == Task.REPLAY) {
            victim.replay();
        } else {
            victim.receive();
        }
        Thread.sleep(60_000);
    }
}
