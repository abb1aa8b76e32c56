package io.reliablemq.broker.embedded.server;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Ends the thread pools that RocketMQ's own shutdown forgets (route cache, channel housekeeping, receipt handles: a dozen
 * non-daemon threads that would keep the JVM alive). Finds them by following the fields of what was shut down.
 */
final class ForgottenExecutors {

    private static final int MOST_OBJECTS = 200_000;

    /** Netty's, and gRPC's own copy of it: belongs to all, and cannot be ended. */
    private static final String SHARED = "GlobalEventExecutor";

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> open = new ArrayDeque<>();
    private final List<ExecutorService> found = new ArrayList<>();

    private ForgottenExecutors() {}

    /** To be called when nothing uses the store any more: its files are unmapped by then. */
    static void end(List<?> roots) {
        ForgottenExecutors search = new ForgottenExecutors();
        roots.forEach(search::add);
        search.run();
        search.found.forEach(ExecutorService::shutdownNow);
    }

    private void run() {
        while (!open.isEmpty() && seen.size() < MOST_OBJECTS) {
            Object next = open.remove();
            if (next instanceof ExecutorService executor) {
                // not followed: its tasks lead to the event loops of whoever waits for them
                found.add(executor);
            } else {
                follow(next);
            }
        }
    }

    private void follow(Object object) {
        if (object instanceof Object[] array) {
            Arrays.asList(array).forEach(this::add);
        } else if (isJdkContainer(object)) {
            followContent(object);
        }
        for (Class<?> type = object.getClass(); isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!field.getType().isPrimitive()) {
                    add(valueOf(field, object));
                }
            }
        }
    }

    private void followContent(Object container) {
        try {
            if (container instanceof Map<?, ?> map) {
                map.values().forEach(this::add);
            } else if (container instanceof Collection<?> elements) {
                elements.forEach(this::add);
            }
        } catch (ConcurrentModificationException e) {
            // a thread that is about to end still works on it; what was seen so far counts
        }
    }

    private void add(@Nullable Object object) {
        if (object != null && isWorthFollowing(object) && seen.add(object)) {
            open.add(object);
        }
    }

    private static boolean isWorthFollowing(Object object) {
        if (object instanceof Class<?> || object.getClass().getSimpleName().equals(SHARED)) {
            return false;
        }
        return object instanceof ExecutorService
                || isJdkContainer(object)
                || object instanceof Object[]
                || isOurs(object.getClass());
    }

    /** Others may compute, load or write when they are read. */
    private static boolean isJdkContainer(Object object) {
        return (object instanceof Map<?, ?> || object instanceof Collection<?>)
                && object.getClass().getName().startsWith("java.util.");
    }

    /** Loaded by the broker's class loader: all of it is open to reflection, unlike the JDK. */
    private static boolean isOurs(@Nullable Class<?> type) {
        return type != null && type.getClassLoader() == ForgottenExecutors.class.getClassLoader();
    }

    private static @Nullable Object valueOf(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            return null;
        }
    }
}
