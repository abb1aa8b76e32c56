package io.reliablemq.journey;

import io.reliablemq.journey.ShopApplication.Orders;
import org.springframework.boot.SpringApplication;

/** The shop in a JVM of its own: places orders of four customers in turn until it is killed or has placed enough. */
final class BusyShop {

    static final int ENOUGH = 400;

    private BusyShop() {}

    public static void main(String[] arguments) throws InterruptedException {
        Orders orders = SpringApplication.run(ShopApplication.class, arguments).getBean(Orders.class);
        for (int i = 0; i < ENOUGH; i++) {
            orders.place("customer-" + i % 4);
        }
        Thread.sleep(600_000);
    }
}
