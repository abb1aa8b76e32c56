package io.reliablemq.test.spring;

import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.WriteObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What went to the broker and what came from it, in one namespace. Safe for use by several threads. */
final class Traffic implements WriteObserver {

    /** So that a test that sends a million of them does not run out of memory. */
    private static final int REMEMBERED = 10_000;

    private static final ThreadLocal<@Nullable List<OutgoingMessage>> CAPTURE = new ThreadLocal<>();

    private final Deque<OutgoingMessage> written = new ArrayDeque<>();
    /** Topic to message id to tag. */
    private final Map<String, Map<String, String>> stored = new HashMap<>();

    private final Map<Reader, Reading> readings = new HashMap<>();
    private long changes;

    @Override
    public void written(List<OutgoingMessage> messages) {
        List<OutgoingMessage> captured = CAPTURE.get();
        if (captured != null) {
            captured.addAll(messages);
        }
        synchronized (this) {
            written.addAll(messages);
            while (written.size() > REMEMBERED) {
                written.remove();
            }
            changed();
        }
    }

    /** What this thread writes while it does that. */
    List<OutgoingMessage> writtenBy(Runnable action) {
        List<OutgoingMessage> around = CAPTURE.get();
        List<OutgoingMessage> captured = new ArrayList<>();
        CAPTURE.set(captured);
        try {
            action.run();
        } finally {
            CAPTURE.set(around);
            if (around != null) {
                around.addAll(captured);
            }
        }
        return captured;
    }

    synchronized List<OutgoingMessage> writtenTo(String topic) {
        return written.stream().filter(message -> message.topic().equals(topic)).toList();
    }

    synchronized void stored(OutgoingMessage message) {
        stored.computeIfAbsent(message.topic(), unseen -> new HashMap<>())
                .put(message.id().toString(), message.tag() == null ? "" : message.tag());
        changed();
    }

    synchronized boolean isStored(UUID id) {
        return stored.values().stream().anyMatch(ids -> ids.containsKey(id.toString()));
    }

    synchronized void subscribed(Subscription subscription) {
        Reading reading = reading(subscription.topic(), subscription.group());
        reading.filter = TagFilter.of(subscription);
        reading.subscribed = true;
        changed();
    }

    synchronized void unsubscribed(Subscription subscription) {
        reading(subscription.topic(), subscription.group()).subscribed = false;
        changed();
    }

    /** Whether a listener of this group was started and has not ended since; its status tells a while later. */
    synchronized boolean isSubscribed(String topic, String group) {
        return reading(topic, group).subscribed;
    }

    synchronized void received(Subscription subscription, ReceivedMessage message) {
        if (message.id() != null) {
            reading(subscription.topic(), subscription.group()).received.add(message.id());
            changed();
        }
    }

    synchronized void acknowledged(Subscription subscription, ReceivedMessage message) {
        if (message.id() != null) {
            reading(subscription.topic(), subscription.group()).acknowledged.add(message.id());
            changed();
        }
    }

    /** How many messages that are for this group it has not acknowledged. */
    synchronized long unacknowledged(String topic, String group) {
        Reading reading = reading(topic, group);
        Set<String> expected = new HashSet<>(reading.received);
        stored.getOrDefault(topic, Map.of()).forEach((id, tag) -> {
            if (reading.filter.takes(tag)) {
                expected.add(id);
            }
        });
        expected.removeAll(reading.acknowledged);
        return expected.size();
    }

    /** How often something has changed. */
    synchronized long changes() {
        return changes;
    }

    /** Returns when something has changed since, or after that time. */
    synchronized void awaitChange(long since, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        while (changes == since && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
    }

    private void changed() {
        changes++;
        notifyAll();
    }

    private Reading reading(String topic, String group) {
        return readings.computeIfAbsent(new Reader(topic, group), unseen -> new Reading());
    }

    private record Reader(String topic, String group) {}

    private static final class Reading {

        private final Set<String> received = new HashSet<>();
        private final Set<String> acknowledged = new HashSet<>();
        private TagFilter filter = TagFilter.ALL;
        private boolean subscribed;
    }

    /** @param tags the tags that are taken; null for all */
    private record TagFilter(@Nullable Set<String> tags) {

        static final TagFilter ALL = new TagFilter(null);

        /** What an SQL filter takes is not known here: nothing is expected until it is received. */
        static TagFilter of(Subscription subscription) {
            if (subscription.sql()) {
                return new TagFilter(Set.of());
            }
            String filter = subscription.filter().strip();
            return filter.isEmpty() || filter.equals("*") ? ALL : new TagFilter(split(filter));
        }

        private static Set<String> split(String filter) {
            return new HashSet<>(
                    Arrays.stream(filter.split("\\|\\|", -1)).map(String::strip).toList());
        }

        boolean takes(String tag) {
            return tags == null || tags.contains(tag);
        }
    }
}
