package io.reliablemq.journey;

import io.reliablemq.journey.ShopApplication.Orders;
import io.reliablemq.journey.ShopApplication.Reminders;
import io.reliablemq.outbox.spi.MessageSender;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * The shop in a JVM of its own: promises three reminders, then places orders of four customers in turn until it is killed or has
 * placed enough.
 */
final class BusyShop {

    static final int ENOUGH = 400;
    /** For {@link SteadyOrders} until it ends, instead. */
    static final String JVM_OPTION_STEADY = "-Dshop.steady=true";
    /** As if the broker were far away: then there are always messages of which it is not known yet that they are stored. */
    static final String JVM_OPTION_LATE_ANSWERS = "-Dshop.answers-late-ms=300";

    /** Printed before each of them. */
    static final String LATE_ANSWER = "Late answer: ";

    private BusyShop() {}

    public static void main(String[] arguments) throws InterruptedException {
        ApplicationContext shop =
                SpringApplication.run(new Class<?>[] {ShopApplication.class, LateAnswers.class}, arguments);
        Reminders reminders = shop.getBean(Reminders.class);
        reminders.promise("at once", Duration.ofSeconds(1));
        reminders.promise("soon", Duration.ofSeconds(12));
        reminders.promise("later", Duration.ofMinutes(5));
        Orders orders = shop.getBean(Orders.class);
        if (Boolean.getBoolean("shop.steady")) {
            new SteadyOrders(orders);
        } else {
            for (int i = 0; i < ENOUGH; i++) {
                orders.place("customer-" + i % 4);
            }
        }
        Thread.sleep(600_000);
    }

    /** Not annotated, or the component scan of every other shop would find it. */
    static class LateAnswers {

        private static final int LATE_MS = Integer.getInteger("shop.answers-late-ms", 0);

        @Bean
        static BeanPostProcessor lateAnswers() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String beanName) {
                    return LATE_MS > 0 && bean instanceof MessageSender sender ? late(sender) : bean;
                }
            };
        }

        private static MessageSender late(MessageSender sender) {
            Executor later = CompletableFuture.delayedExecutor(LATE_MS, TimeUnit.MILLISECONDS);
            return message -> sender.send(message)
                    .thenApplyAsync(
                            outcome -> {
                                System.out.println(LATE_ANSWER + outcome);
                                return outcome;
                            },
                            later);
        }
    }
}
