package io.reliablemq.consumer.container;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.LogEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bounded number of messages that a container holds, and their ways out. */
final class Deliveries {

    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);
    static final int MAX_CALLS = 256;

    private final ListenerEndpoint endpoint;
    private final ListenerObserver observer;
    private final Runnable beforeWaiting;
    private final Places places;
    private final Semaphore calls = new Semaphore(MAX_CALLS);
    private final Set<Delivery> held = ConcurrentHashMap.newKeySet();

    /** @param beforeWaiting what a thread does before it waits because too many calls are open */
    Deliveries(ListenerEndpoint endpoint, Places places, ListenerObserver observer, Runnable beforeWaiting) {
        this.beforeWaiting = beforeWaiting;
        this.endpoint = endpoint;
        this.places = places;
        this.observer = observer;
    }

    int takePlaces(int most, Duration timeout) throws InterruptedException {
        return places.take(most, timeout);
    }

    void givePlaces(int unused) {
        places.give(unused);
    }

    void hold(Delivery delivery) {
        held.add(delivery);
    }

    void renewDue() {
        held.forEach(Delivery::renewIfDue);
    }

    /** Returns before the broker answered; waits only when too many calls are open. */
    void acknowledge(Delivery delivery) {
        long start = System.nanoTime();
        release(delivery);
        beginCall();
        delivery.acknowledge().whenComplete((done, failure) -> {
            calls.release();
            acknowledged(delivery, Duration.ofNanos(System.nanoTime() - start), failure);
        });
    }

    /** Delivers again after that time, {@link Duration#ZERO} for the broker's shortest. */
    void postpone(Delivery delivery, Duration delay) {
        if (!release(delivery)) {
            return; // abandoned: it may be somebody else's by now
        }
        beginCall();
        delivery.postpone(delay).whenComplete((done, failure) -> {
            calls.release();
            if (failure != null) {
                log.debug(
                        "{} could not be postponed; it comes again after its invisible time",
                        delivery.message(),
                        failure);
            }
        });
    }

    /** Hands back what handlers that do not end hold; when one commits after all, its dedup record makes the redelivery a duplicate. */
    void abandon() {
        for (Delivery delivery : Set.copyOf(held)) {
            log.warn("The handler of {} of {} does not end: the message is handed back", delivery.message(), endpoint);
            postpone(delivery, Duration.ZERO);
        }
    }

    /** Waits until the broker answered every acknowledgement; false when it did not in time. */
    boolean drain(Duration timeout) throws InterruptedException {
        boolean drained = calls.tryAcquire(MAX_CALLS, timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (drained) {
            calls.release(MAX_CALLS);
        }
        return drained;
    }

    private void beginCall() {
        if (!calls.tryAcquire()) {
            beforeWaiting.run();
            calls.acquireUninterruptibly();
        }
    }

    private boolean release(Delivery delivery) {
        boolean wasHeld = held.remove(delivery);
        if (wasHeld) {
            places.done();
        }
        return wasHeld;
    }

    private void acknowledged(Delivery delivery, Duration took, @Nullable Throwable failure) {
        if (failure == null) {
            observer.acknowledged(endpoint, took);
        } else {
            LogEvent.ACKNOWLEDGEMENT_FAILED
                    .on(log)
                    .addKeyValue("reliablemq.topic", delivery.message().topic())
                    .addKeyValue("reliablemq.group", endpoint.subscription().group())
                    .addKeyValue("reliablemq.message_id", delivery.message().id())
                    .setCause(failure)
                    .log(
                            "{} is committed but could not be acknowledged; its redelivery will be a duplicate",
                            delivery.message());
            observer.acknowledgementFailed(endpoint, failure);
        }
    }
}
