package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Orders of a few customers in turn, at a steady rate, until it is stopped. */
final class SteadyOrders {

    static final int A_SECOND = 50;
    static final int CUSTOMERS = 8;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger placed = new AtomicInteger();
    private final ScheduledFuture<?> placing;

    /** Opens the customers, too. */
    SteadyOrders(ShopApplication.Orders orders) {
        for (int i = 0; i < CUSTOMERS; i++) {
            orders.open(customer(i));
        }
        placing = clock.scheduleAtFixedRate(
                () -> orders.place(customer(placed.getAndIncrement() % CUSTOMERS)),
                0,
                1_000_000 / A_SECOND,
                TimeUnit.MICROSECONDS);
    }

    static String customer(int number) {
        return "customer-" + number;
    }

    /** @return how many were placed; fails when one could not be */
    int stop() throws InterruptedException {
        assertThat(placing.isDone()).as("an order could not be placed").isFalse();
        clock.shutdown();
        assertThat(clock.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        return placed.get();
    }
}
