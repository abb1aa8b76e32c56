package io.reliablemq.broker.embedded.server;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.store.DefaultMessageStore;

/**
 * Has a store look at its disk and at the age of its files from its start on. By itself it looks a minute after the start for the first
 * time: a broker that a test or a developer starts again and again would never delete anything, nor notice a full disk.
 */
final class DiskWatch {

    private static final int LOOK_MILLIS = 2_000;

    private final DefaultMessageStore store;

    DiskWatch(DefaultMessageStore store) {
        this.store = store;
    }

    /** Ends with the store: on its own thread, so that it never looks twice at a time. */
    @SuppressWarnings("FutureReturnValueIgnored") // RocketMQ's own rounds go on if this one ends
    void start() {
        try {
            Field thread = DefaultMessageStore.class.getDeclaredField("scheduledExecutorService");
            thread.setAccessible(true);
            Method look = DefaultMessageStore.class.getDeclaredMethod("cleanFilesPeriodically");
            look.setAccessible(true);
            ((ScheduledExecutorService) thread.get(store))
                    .scheduleWithFixedDelay(() -> run(look), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("RocketMQ's store has changed: it cannot be made to look at its disk", e);
        }
    }

    private void run(Method look) {
        try {
            look.invoke(store);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
