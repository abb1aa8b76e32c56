package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Applications with the producer side, as properties configure it, and a broker that answers as it is told. */
final class ProducerApplication {

    static final SendOutcome STORED = new SendOutcome.Stored();
    static final SendOutcome UNKNOWN = new SendOutcome.Unknown("by the test");

    /** In the order in which they were sent, with those that were sent again. */
    final List<OutgoingMessage> sent = new CopyOnWriteArrayList<>();

    /** Null leaves the send without an answer. */
    volatile Function<OutgoingMessage, @Nullable SendOutcome> broker = message -> STORED;

    /** How many connections were asked for. */
    final AtomicInteger connections = new AtomicInteger();

    /** Connections of nobody else. */
    final JdbcTemplate observer;

    private final Database database;

    ProducerApplication(Database database) {
        this.database = database;
        this.observer = new JdbcTemplate(database.dataSource(4));
    }

    /** As another process would, which this one is not told of. */
    TransactionTemplate elsewhere() {
        return new TransactionTemplate(new DataSourceTransactionManager(observerDataSource()));
    }

    JdbcOutbox outboxElsewhere() {
        return JdbcOutbox.on(observerDataSource());
    }

    private DataSource observerDataSource() {
        return Objects.requireNonNull(observer.getDataSource());
    }

    /** How much is added to a figure while so many heartbeats are sent, of which there are three in a lease. */
    int during(int heartbeats, IntSupplier figure) {
        int before = figure.getAsInt();
        for (int i = 0; i < heartbeats; i++) {
            Long seen = leaseUntil();
            until(() -> !Objects.equals(leaseUntil(), seen));
        }
        return figure.getAsInt() - before;
    }

    private @Nullable Long leaseUntil() {
        return observer.queryForObject("SELECT MAX(lease_until_ms) FROM reliable_mq_outbox_node", Long.class);
    }

    ApplicationContextRunner with(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        RocketMqAutoConfiguration.class,
                        OutboxAutoConfiguration.class))
                .withBean(MessageSender.class, () -> this::send)
                .withBean(BeanPostProcessor.class, this::countingConnections)
                .withPropertyValues(
                        "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                        "reliable-mq.outbox.relay.lease=1s",
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password())
                .withPropertyValues(properties);
    }

    private CompletableFuture<SendOutcome> send(OutgoingMessage message) {
        sent.add(message);
        SendOutcome outcome = broker.apply(message);
        return outcome == null ? new CompletableFuture<>() : CompletableFuture.completedFuture(outcome);
    }

    private BeanPostProcessor countingConnections() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                return bean instanceof DataSource dataSource ? counting(dataSource) : bean;
            }
        };
    }

    private DataSource counting(DataSource dataSource) {
        return new DelegatingDataSource(dataSource) {
            @Override
            public Connection getConnection() throws SQLException {
                connections.incrementAndGet();
                return super.getConnection();
            }
        };
    }

    static UUID send(ApplicationContext application, OutboxMessage message) {
        UUID id = transaction(application)
                .execute(status -> application.getBean(Outbox.class).send(message));
        if (id == null) {
            throw new AssertionError("no id");
        }
        return id;
    }

    static TransactionTemplate transaction(ApplicationContext application) {
        return application.getBean(TransactionTemplate.class);
    }

    static OutboxMessage delayed(Duration delay) {
        return OutboxMessage.to("topic").delay(delay).payload("text");
    }

    static OutboxMessage ordered(String key) {
        return OutboxMessage.to("topic").orderedBy(key).payload("text");
    }

    static int count(ApplicationContext application, String from) {
        Integer rows = jdbc(application).queryForObject("SELECT COUNT(*) FROM " + from, Integer.class);
        return rows == null ? 0 : rows;
    }

    static JdbcTemplate jdbc(ApplicationContext application) {
        return new JdbcTemplate(application.getBean(DataSource.class));
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }
}
