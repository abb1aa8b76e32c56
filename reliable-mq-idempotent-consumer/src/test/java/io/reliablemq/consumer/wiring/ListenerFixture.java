package io.reliablemq.consumer.wiring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.ListenerRegistrar;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.testdatabases.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.validation.Validator;

/** Containers of one listener, with a receiver in memory and a real database. */
abstract class ListenerFixture {

    private static final List<String> KEYS = List.of("a", "b", "c");

    private static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(5), 2, Duration.ofMillis(20));

    final InMemoryBroker broker = new InMemoryBroker();
    ListenerObserver observer = ListenerObserver.NONE;
    BreakableDataSource dataSource;
    JdbcTemplate jdbc;
    ListenerInfrastructure infrastructure;
    MessageConverter converter = new JacksonJsonMessageConverter();
    Validator validator;
    Duration shutdownTimeout = Duration.ofSeconds(5);
    private GenericApplicationContext context;

    @BeforeEach
    void migrate(Database database) {
        dataSource = new BreakableDataSource(InboxSchema.migrate(reached(database)));
        jdbc = new JdbcTemplate(dataSource);
        clear();
        infrastructure = infrastructure(Duration.ofSeconds(60));
    }

    void clear() {
        for (String table : List.of(
                "reliable_mq_inbox",
                "reliable_mq_inbox_failure",
                "reliable_mq_inbox_horizon",
                "reliable_mq_dead_letter",
                "effect")) {
            jdbc.update("delete from " + table);
        }
    }

    /** By another way than the shortest, perhaps. */
    Database reached(Database database) {
        return database;
    }

    /** @param invisible how long the broker hides a received message */
    ListenerInfrastructure infrastructure(Duration invisible) {
        return infrastructure(invisible, new DataSourceTransactionManager(dataSource));
    }

    ListenerInfrastructure infrastructure(Duration invisible, PlatformTransactionManager transactionManager) {
        return new ListenerInfrastructure(dataSource, transactionManager, broker, settings(invisible), observer);
    }

    @AfterEach
    void close() {
        dataSource.broken = false;
        if (context != null) {
            context.close();
        }
    }

    void run(Object listener) {
        context = new GenericApplicationContext();
        customize(context);
        context.registerBean("listeners", ListenerRegistry.class, () -> infrastructure.containers());
        context.registerBean(
                "processor",
                io.reliablemq.consumer.handler.ListenerAnnotationProcessor.class,
                () -> ListenerInfrastructure.annotationProcessor(
                        () -> infrastructure, () -> converter, () -> validator));
        register(listener.getClass(), listener);
        context.refresh();
    }

    /** Under its own type, by which Spring finds its other annotations. */
    private <T> void register(Class<T> type, Object listener) {
        context.registerBean("listener", type, () -> type.cast(listener));
    }

    /** For tests that need more beans. */
    void customize(GenericApplicationContext application) {}

    ListenerRegistrar registrar() {
        return context.getBean(ListenerRegistrar.class);
    }

    /** So many messages whose payload is their id. */
    void publish(String prefix, int count) {
        for (int index = 0; index < count; index++) {
            broker.publish(Messages.message(prefix + index, prefix + index));
        }
    }

    /** Twenty messages of each of three keys, in turn. */
    void publishInOrder() {
        for (int number = 10; number < 30; number++) {
            for (String key : KEYS) {
                broker.publish(Messages.ordered(key + number, key));
            }
        }
    }

    void assertThatEachKeyWasAppliedOnceAndInOrder() {
        assertThat(effects()).hasSize(20 * KEYS.size()).doesNotHaveDuplicates();
        for (String key : KEYS) {
            assertThat(effects()).filteredOn(text -> text.startsWith(key)).isSorted();
        }
    }

    void drained() {
        await().atMost(20, SECONDS).until(() -> broker.remaining() == 0);
    }

    ListenerStatus.State state(String id) {
        return infrastructure.containers().status(id).state();
    }

    List<String> effects() {
        return jdbc.queryForList("select message from effect", String.class);
    }

    private ConsumerSettings settings(Duration invisible) {
        ConsumerSettings defaults = ConsumerSettings.defaults();
        return new ConsumerSettings(
                defaults.concurrency(),
                defaults.coalesce(),
                false,
                true,
                invisible,
                shutdownTimeout,
                defaults.dedupWindow(),
                defaults.skewMargin(),
                QUICK,
                100,
                new RetryPolicy(1, Duration.ofMillis(50), 1, Duration.ofMillis(50)),
                Duration.ofMillis(200),
                500,
                defaults.missingKey(),
                List.of());
    }

    static final class BreakableDataSource extends DelegatingDataSource {

        volatile boolean broken;

        BreakableDataSource(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (broken) {
                throw new SQLTransientConnectionException("the database is away");
            }
            return super.getConnection();
        }
    }
}
