package io.reliablemq.broker.embedded.server;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Lets RocketMQ or a library of it see a system property for a moment, where it knows no other setting, and then puts
 * back what the application has there. Brokers of several class loaders take turns.
 */
final class BorrowedProperty {

    private BorrowedProperty() {}

    static <T> T with(String name, String value, Callable<T> reading) throws Exception {
        return restoring(name, () -> {
            System.setProperty(name, value);
            return reading.call();
        });
    }

    /** Runs what may leave the property changed. */
    static <T> T restoring(String name, Callable<T> action) throws Exception {
        synchronized (Runtime.getRuntime()) {
            String before = System.getProperty(name);
            try {
                return action.call();
            } finally {
                restore(name, before);
            }
        }
    }

    private static void restore(String name, @Nullable String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
