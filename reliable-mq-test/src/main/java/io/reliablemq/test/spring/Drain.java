package io.reliablemq.test.spring;

import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.ListenerStatus.State;
import io.reliablemq.outbox.direct.DirectSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Waits until nothing is on its way any more: a bean in tests with {@link io.reliablemq.test.EmbeddedRocketMq}.
 *
 * <p><b>Guarantee</b>: when a call returns, the outbox is empty but for parked messages, no direct message is on its way, and every
 * listener of this application that is not stopped has acknowledged every message of this application's that is for it; all of that at
 * one moment. What a listener has sent on is part of it. A message has been applied then, or is a dead letter.
 *
 * <p><b>Not seen</b>: messages that other applications send, until they are received; and for a listener with an SQL filter also those of
 * this one. Wait for their effects.
 *
 * <p><b>Thread</b>: any, outside of transactions: what a test's own transaction sends would leave after its end.
 */
public final class Drain {

    private static final Duration STANDARD = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 50;

    private final ListableBeanFactory beans;
    private final Traffic traffic;
    private final OutboxTables tables;

    Drain(ListableBeanFactory beans, Traffic traffic) {
        this.beans = beans;
        this.traffic = traffic;
        this.tables = new OutboxTables(beans);
    }

    /** Waits for 30 s at most. */
    public void await() {
        await(STANDARD);
    }

    /**
     * Returns when nothing is on its way.
     *
     * @throws AssertionError when something still is after that time, naming it by topic and group
     * @throws IllegalStateException when called in a transaction, or interrupted
     */
    public void await(Duration within) {
        requireNoTransaction();
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            long seen = traffic.changes();
            List<String> waiting = waiting();
            // a listener may have sent something on between the look at the outbox and the one at the listener
            if (waiting.isEmpty() && traffic.changes() == seen) {
                return;
            }
            if (!waiting.isEmpty() && System.nanoTime() - deadline > 0) {
                throw new AssertionError(description(within, waiting));
            }
            pause(seen);
        }
    }

    private static void requireNoTransaction() {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "Drain.await() was called inside a transaction: what it sends leaves after its commit. Call it after the"
                            + " transaction, or end the one of the test with TestTransaction.flagForCommit() and end()");
        }
    }

    private List<String> waiting() {
        List<String> waiting = new ArrayList<>(tables.waiting());
        DirectSender direct = beans.getBeanProvider(DirectSender.class).getIfAvailable();
        int flying = direct == null ? 0 : direct.status().messages();
        if (flying > 0) {
            waiting.add("direct: " + flying + " on their way to the broker");
        }
        ListenerRegistry listeners =
                beans.getBeanProvider(ListenerRegistry.class).getIfAvailable();
        if (listeners != null) {
            listeners.list().forEach(listener -> addUnacknowledged(listener, waiting));
        }
        return waiting;
    }

    private void addUnacknowledged(ListenerStatus listener, List<String> waiting) {
        long messages = traffic.unacknowledged(listener.topic(), listener.consumerGroup());
        boolean runs =
                listener.state() != State.STOPPED || traffic.isSubscribed(listener.topic(), listener.consumerGroup());
        if (messages > 0 && runs) {
            waiting.add("listener '%s' (topic %s, group %s): %d not acknowledged, it is %s%s"
                    .formatted(
                            listener.id(),
                            listener.topic(),
                            listener.consumerGroup(),
                            messages,
                            listener.state(),
                            listener.reason().isEmpty() ? "" : ", " + listener.reason()));
        }
    }

    private String description(Duration within, List<String> waiting) {
        List<String> lines = new ArrayList<>(waiting);
        lines.addAll(tables.parked());
        return "Messages are still on their way after " + within + ":\n  " + String.join("\n  ", lines);
    }

    private void pause(long seen) {
        try {
            traffic.awaitChange(seen, LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while messages were on their way", e);
        }
    }
}
