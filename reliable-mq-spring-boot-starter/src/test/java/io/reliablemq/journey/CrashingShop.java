package io.reliablemq.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.journey.ShopApplication.Orders;
import io.reliablemq.journey.ShopApplication.Reminder;
import io.reliablemq.journey.ShopApplication.Reminders;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.SendOutcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * The shop with a crash point between each two steps, for a JVM of its own: places one order, a poisonous one or one that no
 * topic takes, or promises a reminder and perhaps takes it back, then waits for its end. Not
 * annotated, or the component scan of every other shop would find it.
 */
class CrashingShop {

    public static void main(String[] arguments) throws InterruptedException {
        // else the process would live on without its main thread
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            thrown.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        ApplicationContext shop =
                SpringApplication.run(new Class<?>[] {ShopApplication.class, CrashingShop.class}, arguments);
        if (CrashPoint.first().isEmpty()) {
            doWhatLeadsTo(CrashPoint.chosen().orElseThrow(), shop);
            Thread.sleep(60_000);
        }
        // what is left takes two invisible times at most; then there is nothing left at that point
        Thread.sleep(30_000);
        Runtime.getRuntime().halt(0);
    }

    private static void doWhatLeadsTo(CrashPoint point, ApplicationContext shop) {
        Orders orders = shop.getBean(Orders.class);
        if (point.isOfAParkedMessage()) {
            orders.placeInNowhere(CrashPoint.run());
        } else if (point.isOfPoison()) {
            orders.placePoison(CrashPoint.run());
        } else if (point.isOfAReminder()) {
            remind(shop.getBean(Reminders.class), point);
        } else {
            orders.open(CrashPoint.run());
            orders.place(CrashPoint.run());
        }
    }

    private static void remind(Reminders reminders, CrashPoint point) {
        Reminder reminder = reminders.promise(CrashPoint.run(), CrashScene.UNTIL_REMINDED);
        if (point.isOfACancellation()) {
            reminders.takeBack(reminder);
        }
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
            String payload = new String(message.payload(), UTF_8);
            return payload.contains("\"" + CrashPoint.run() + "\"");
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            reached(isOfThisRun(message), CrashPoint.BEFORE_POSTPONE);
            return receiver.postpone(message, invisible).thenApply(postponed -> {
                reached(isOfThisRun(message), CrashPoint.AFTER_POSTPONE);
                return postponed;
            });
        }

        @Override
        public void close() {
            receiver.close();
        }
    }

    private static DataSource crashing(DataSource dataSource) {
        return proxy(
                DataSource.class,
                dataSource,
                (method, result) -> result instanceof Connection connection ? crashing(connection) : result);
    }

    private static final String EFFECT = "insert into reservation ";
    /** Without a retention a statement that is committed by itself. */
    private static final String SETTLE = "delete from reliable_mq_outbox where ";

    /** A commit that is known by how a statement of its transaction begins. */
    private record Commit(String statement, CrashPoint before, CrashPoint after) {}

    private static final List<Commit> COMMITS = List.of(
            new Commit("insert into shop_order ", CrashPoint.BEFORE_ORDER_COMMIT, CrashPoint.AFTER_ORDER_COMMIT),
            new Commit(EFFECT, CrashPoint.BEFORE_EFFECT_COMMIT, CrashPoint.AFTER_EFFECT_COMMIT),
            new Commit(
                    "insert into reliable_mq_outbox_parked ",
                    CrashPoint.BEFORE_PARK_COMMIT,
                    CrashPoint.AFTER_PARK_COMMIT),
            new Commit(
                    "insert into reliable_mq_outbox_archive ",
                    CrashPoint.BEFORE_SETTLE_COMMIT,
                    CrashPoint.AFTER_SETTLE_COMMIT),
            new Commit(
                    "insert into reliable_mq_dead_letter ",
                    CrashPoint.BEFORE_DEAD_LETTER_COMMIT,
                    CrashPoint.AFTER_DEAD_LETTER_COMMIT),
            new Commit(
                    "delete from reliable_mq_outbox_due where message_id in ",
                    CrashPoint.BEFORE_MOVE_COMMIT,
                    CrashPoint.AFTER_MOVE_COMMIT),
            new Commit(
                    "delete from reliable_mq_outbox_due where message_id = ",
                    CrashPoint.BEFORE_CANCEL_COMMIT,
                    CrashPoint.AFTER_CANCEL_COMMIT));

    private static Connection crashing(Connection connection) {
        Set<Commit> pending = new HashSet<>();
        AtomicBoolean settling = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                CrashingShop.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        String sql = arguments[0].toString().toLowerCase(Locale.ROOT);
                        COMMITS.stream()
                                .filter(commit -> sql.startsWith(commit.statement()))
                                .forEach(pending::add);
                        reached(sql.startsWith(EFFECT), CrashPoint.AFTER_DEDUP_INSERT);
                        if (sql.startsWith(SETTLE)) {
                            CrashPoint.BEFORE_SETTLE.reached();
                            settling.set(true);
                        }
                    }
                    if (method.getName().equals("close") && settling.get()) {
                        CrashPoint.AFTER_SETTLE.reached();
                    }
                    if (method.getName().equals("rollback") && arguments == null) {
                        pending.clear();
                    }
                    if (!method.getName().equals("commit")) {
                        return invoke(connection, method, arguments);
                    }
                    pending.forEach(commit -> commit.before().reached());
                    Object result = invoke(connection, method, arguments);
                    pending.forEach(commit -> commit.after().reached());
                    pending.clear();
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
