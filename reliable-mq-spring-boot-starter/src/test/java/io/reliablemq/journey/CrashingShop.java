package io.reliablemq.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.journey.ShopApplication.Orders;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The shop with a crash point between each two steps, for a JVM of its own: places one order, then waits for its end. */
@Configuration(proxyBeanMethods = false)
@Import(ShopApplication.class)
class CrashingShop {

    public static void main(String[] arguments) throws InterruptedException {
        Orders orders = SpringApplication.run(CrashingShop.class, arguments).getBean(Orders.class);
        String customer = CrashPoint.chosen();
        orders.open(customer);
        orders.place(customer);
        Thread.sleep(60_000);
    }

    @Bean
    RelayObserver settleCrashPoint() {
        return new RelayObserver() {
            @Override
            public void settled(int rows) {
                CrashPoint.AFTER_SETTLE.reached();
            }
        };
    }

    @Bean
    static BeanPostProcessor crashPoints() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                if (bean instanceof DataSource dataSource) {
                    return crashing(dataSource);
                }
                if (bean instanceof MessageSender sender) {
                    return crashing(sender);
                }
                return bean instanceof MessageReceiverFactory receivers ? crashing(receivers) : bean;
            }
        };
    }

    private static MessageSender crashing(MessageSender sender) {
        return message -> {
            CrashPoint.BEFORE_SEND.reached();
            return sender.send(message).thenApply(outcome -> {
                if (outcome instanceof SendOutcome.Stored) {
                    CrashPoint.AFTER_SEND_OK.reached();
                }
                return outcome;
            });
        };
    }

    private static MessageReceiverFactory crashing(MessageReceiverFactory receivers) {
        return subscription -> new CrashingReceiver(receivers.open(subscription));
    }

    private record CrashingReceiver(MessageReceiver receiver) implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            List<ReceivedMessage> received = receiver.receive(max, invisible);
            reached(received.stream().anyMatch(CrashingReceiver::isOfThisRun), CrashPoint.AFTER_RECEIVE);
            return received;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return receiver.acknowledge(message).thenRun(() -> reached(isOfThisRun(message), CrashPoint.AFTER_ACK));
        }

        /** An earlier run's message may come again meanwhile. */
        private static boolean isOfThisRun(ReceivedMessage message) {
            return new String(message.payload(), UTF_8).contains("\"" + CrashPoint.chosen() + "\"");
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            return receiver.postpone(message, invisible);
        }

        @Override
        public void close() {
            receiver.close();
        }
    }

    /** Watches the statements of a transaction to know whose commit it is. */
    private static DataSource crashing(DataSource dataSource) {
        return proxy(
                DataSource.class,
                dataSource,
                (method, result) -> result instanceof Connection connection ? crashing(connection) : result);
    }

    private static Connection crashing(Connection connection) {
        boolean[] inserted = new boolean[2];
        return (Connection) Proxy.newProxyInstance(
                CrashingShop.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        inserted[0] |= arguments[0].toString().startsWith("insert into shop_order");
                        inserted[1] |= arguments[0].toString().startsWith("insert into reservation");
                    }
                    boolean commit = method.getName().equals("commit");
                    reached(commit && inserted[0], CrashPoint.BEFORE_ORDER_COMMIT);
                    reached(commit && inserted[1], CrashPoint.BEFORE_EFFECT_COMMIT);
                    Object result = invoke(connection, method, arguments);
                    reached(commit && inserted[0], CrashPoint.AFTER_ORDER_COMMIT);
                    reached(commit && inserted[1], CrashPoint.AFTER_EFFECT_COMMIT);
                    return result;
                });
    }

    private static void reached(boolean here, CrashPoint point) {
        if (here) {
            point.reached();
        }
    }

    private interface Result {
        Object of(Method method, Object result);
    }

    private static <T> T proxy(Class<T> type, T target, Result mapping) {
        return type.cast(Proxy.newProxyInstance(
                CrashingShop.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> mapping.of(method, invoke(target, method, arguments))));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
