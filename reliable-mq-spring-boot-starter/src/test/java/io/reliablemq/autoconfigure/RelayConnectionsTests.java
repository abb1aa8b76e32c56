package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ProducerApplication.count;
import static io.reliablemq.autoconfigure.ProducerApplication.delayed;
import static io.reliablemq.autoconfigure.ProducerApplication.send;
import static io.reliablemq.autoconfigure.ProducerApplication.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The relay's share of the connection pool is bounded by what it does, not by how much there is to do. */
class RelayConnectionsTests {

    private static final int MESSAGES = 1000;

    private final ProducerApplication application = new ProducerApplication(TestDatabase.H2.create());
    private final Map<String, Integer> open = new ConcurrentHashMap<>();
    private final Map<String, Integer> most = new ConcurrentHashMap<>();

    @Test
    void eachOfItsThreadsHasOneConnectionAtATime() {
        application.broker = message -> message.topic().equals("refused")
                ? new SendOutcome.Refused(SendOutcome.Reason.TOO_LARGE, "by the test")
                : ProducerApplication.STORED;
        application
                .with("reliable-mq.outbox.hand-over=2s")
                .withBean("watching", BeanPostProcessor.class, this::watching)
                .run(context -> {
                    send(context, delayed(Duration.ofSeconds(3)));
                    send(context, OutboxMessage.to("refused").payload("text"));
                    for (int i = 0; i < MESSAGES; i++) {
                        send(context, ProducerApplication.ordered("key" + i % 50));
                    }
                    until(() -> count(context, "reliable_mq_outbox_due") == 0);
                    until(() -> count(context, "reliable_mq_outbox") == 0);
                });

        assertThat(most)
                .containsOnlyKeys(
                        "reliable-mq-reader",
                        "reliable-mq-settler",
                        "reliable-mq-lanes",
                        "reliable-mq-relay",
                        "reliable-mq-due",
                        "reliable-mq-admission")
                .allSatisfy((thread, connections) ->
                        assertThat(connections).as(thread).isEqualTo(1));
    }

    private BeanPostProcessor watching() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                return bean instanceof DataSource dataSource ? watched(dataSource) : bean;
            }
        };
    }

    private DataSource watched(DataSource dataSource) {
        return new DelegatingDataSource(dataSource) {
            @Override
            public Connection getConnection() throws SQLException {
                String thread = Thread.currentThread().getName();
                Connection connection = super.getConnection();
                if (!thread.startsWith("reliable-mq-")) {
                    return connection;
                }
                most.merge(thread, open.merge(thread, 1, Integer::sum), Math::max);
                return watched(connection, thread);
            }
        };
    }

    private Connection watched(Connection connection, String thread) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        open.merge(thread, -1, Integer::sum);
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
