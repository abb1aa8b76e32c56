package io.reliablemq.journey;

import io.reliablemq.journey.ShopApplication.Orders;
import io.reliablemq.journey.ShopApplication.Reminders;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;

/**
 * The shop in a JVM of its own: promises three reminders, then places orders of four customers in turn until it is killed or has
 * placed enough.
 */
final class BusyShop {

    static final int ENOUGH = 400;
    /** For one that is to place orders until it ends. */
    static final String JVM_OPTION_NEVER_ENOUGH = "-Dshop.enough=" + Integer.MAX_VALUE;

    private BusyShop() {}

    public static void main(String[] arguments) throws InterruptedException {
        ApplicationContext shop = SpringApplication.run(ShopApplication.class, arguments);
        Reminders reminders = shop.getBean(Reminders.class);
        reminders.promise("at once", Duration.ofSeconds(1));
        reminders.promise("soon", Duration.ofSeconds(12));
        reminders.promise("later", Duration.ofMinutes(5));
        Orders orders = shop.getBean(Orders.class);
        int enough = Integer.getInteger("shop.enough", ENOUGH);
        for (int i = 0; i < enough; i++) {
            orders.place("customer-" + i % 4);
        }
        Thread.sleep(600_000);
    }
}
