package io.reliablemq.samples.orders.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Places orders from several threads. Where no answer comes it asks again with the same order id, until one does. */
final class Load {

    private static final String[] ITEMS = {"apple", "banana", "cherry", "date", "elderberry"};
    private static final int PAUSE_MS = 200;

    private final OrderService service;
    private final Ledger ledger;
    private final Semaphore allowed = new Semaphore(0);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger placed = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final AtomicInteger askedAgain = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile String lastProblem = "none";

    Load(OrderService service, Ledger ledger) {
        this.service = service;
        this.ledger = ledger;
    }

    void start(int parallel) {
        for (int i = 0; i < parallel; i++) {
            Thread thread = new Thread(this::run, "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Lets the clients place that many more orders. */
    void allow(int orders) {
        allowed.release(orders);
    }

    private void run() {
        try {
            while (true) {
                allowed.acquire();
                order(next.getAndIncrement());
            }
        } catch (IOException | InterruptedException e) {
            lastProblem = "a client stopped: " + e;
        }
    }

    private void order(int number) throws IOException, InterruptedException {
        String id = "order-%04d".formatted(number);
        String json = "{\"id\":\"%s\",\"item\":\"%s\",\"quantity\":%d,\"customer\":\"c4n4ry-%d\"}"
                .formatted(id, ITEMS[number % ITEMS.length], 1 + number % 3, number % 97);
        boolean fail = number % 10 == 7;
        boolean first = true;
        while (!answered(id, json, fail)) {
            if (first) {
                askedAgain.incrementAndGet();
                first = false;
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private boolean answered(String id, String json, boolean fail) throws IOException, InterruptedException {
        int status = status(json, fail);
        if (status == 200 || status == 201) {
            ledger.append(id);
            placed.incrementAndGet();
            return true;
        }
        if (status == 402 && fail) {
            rolledBack.incrementAndGet();
            return true;
        }
        return false;
    }

    /** 0 where no answer came: the order may exist or not. */
    private int status(String json, boolean fail) throws InterruptedException {
        try {
            int status = service.place(json, fail);
            if (status >= 400 && status != 402) {
                lastProblem = "POST /orders answered " + status;
            }
            return status;
        } catch (IOException e) {
            lastProblem = "POST /orders: " + e;
            return 0;
        }
    }

    int answers() {
        return placed.get() + rolledBack.get();
    }

    int placed() {
        return placed.get();
    }

    int rolledBack() {
        return rolledBack.get();
    }

    int askedAgain() {
        return askedAgain.get();
    }

    String lastProblem() {
        return lastProblem;
    }
}
