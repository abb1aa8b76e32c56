package io.reliablemq.samples.shop.demo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Order from several threads. Who gets no answer asks again under the same id, until one comes. */
final class Customers {

    private static final int THREADS = 4;
    private static final int PAUSE_MILLIS = 20;
    private static final int CREATED = 201;
    private static final int THE_SAME_AGAIN = 200;
    private static final int ROLLED_BACK = 409;

    private final Http shop;
    private final int orders;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final Set<String> promised = ConcurrentHashMap.newKeySet();

    Customers(Http shop, int orders) {
        this.shop = shop;
        this.orders = orders;
    }

    void start() {
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(this::order, "customer-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void order() {
        try {
            for (int number = next.getAndIncrement(); number < orders; number = next.getAndIncrement()) {
                // one in ten is refused, after its row and its message were written
                int pieces = number % 10 == 7 ? 11 : 1 + number % 3;
                order("order-" + number, pieces);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void order(String id, int pieces) throws InterruptedException {
        String json = "{\"id\":\"%s\",\"item\":\"apple\",\"quantity\":%d}".formatted(id, pieces);
        while (true) {
            int status = shop.post(json);
            if (status == CREATED || status == THE_SAME_AGAIN) {
                promised.add(id);
                return;
            }
            if (status == ROLLED_BACK) {
                rolledBack.incrementAndGet();
                return;
            }
            Thread.sleep(10L * PAUSE_MILLIS);
        }
    }

    int answered() {
        return promised.size() + rolledBack.get();
    }

    int rolledBack() {
        return rolledBack.get();
    }

    Set<String> promised() {
        return promised;
    }
}
