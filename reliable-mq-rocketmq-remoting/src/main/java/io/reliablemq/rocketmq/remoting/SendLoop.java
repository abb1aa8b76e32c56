package io.reliablemq.rocketmq.remoting;

import io.reliablemq.rocketmq.wire.Reachability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that puts batches together and draws the consequence of each answer. What is handed over while it works is in the next
 * batch.
 */
final class SendLoop {

    private static final Logger log = LoggerFactory.getLogger(SendLoop.class);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final RemotingSettings settings;
    private final Cluster cluster;
    private final Reachability reachability;
    private final ClassicProducer producer;
    private final RouteLookup lookup;
    private final LinkedBlockingQueue<Runnable> posts = new LinkedBlockingQueue<>();
    private final Map<String, TopicSends> topics = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final Thread thread = new Thread(this::run, "reliable-mq-rocketmq-send");
    private volatile boolean closing;
    private volatile boolean ended;
    private long lastTick = System.nanoTime();
    /** In how many nanoseconds a lane has gathered long enough. */
    private long nextTurn = Lane.NEVER;

    SendLoop(RemotingSettings settings, Cluster cluster, Reachability reachability) {
        this.settings = settings;
        this.cluster = cluster;
        this.reachability = reachability;
        this.producer = new ClassicProducer(settings);
        this.lookup = new RouteLookup(cluster);
        thread.setDaemon(true);
    }

    /** Within that time a send has its outcome. */
    static Duration guard(RemotingSettings settings) {
        return settings.requestTimeout().multipliedBy(4).plus(GRACE.multipliedBy(2));
    }

    void start() {
        thread.start();
    }

    void send(PendingSend pending) {
        posts.add(() -> topic(pending.message.topic()).add(pending));
        if (ended) {
            pending.unknown("The connection is closed");
        }
    }

    private TopicSends topic(String name) {
        return topics.computeIfAbsent(name, topic -> new TopicSends(topic, cluster.named(topic), settings));
    }

    private void run() {
        List<Runnable> taken = new ArrayList<>();
        while (!closing) {
            try {
                turn(taken);
            } catch (InterruptedException e) {
                closing = true;
            } catch (RuntimeException | Error e) {
                log.error("The send loop failed and goes on; what has no outcome gets Unknown in time", e);
            }
        }
        end();
    }

    private void turn(List<Runnable> taken) throws InterruptedException {
        boolean gathering = nextTurn < TICK.toNanos();
        Runnable first = posts.poll(Math.min(nextTurn, TICK.toNanos()), TimeUnit.NANOSECONDS);
        long now = System.nanoTime();
        if (first != null) {
            taken.clear();
            posts.drainTo(taken);
            safely(first);
            taken.forEach(SendLoop::safely);
        }
        boolean tick = now - lastTick > TICK.toNanos();
        if (tick) {
            lastTick = now;
            expire(now);
        }
        if (first != null || gathering || tick) {
            serveAll();
        }
    }

    private void serveAll() {
        nextTurn = Lane.NEVER;
        for (TopicSends topic : topics.values()) {
            nextTurn = Math.min(nextTurn, serve(topic));
        }
    }

    /** One that fails must not take those with it that were taken together with it. */
    private static void safely(Runnable post) {
        try {
            post.run();
        } catch (RuntimeException | Error e) {
            log.error("A message or an answer could not be dealt with; its outcome is Unknown", e);
        }
    }

    private long serve(TopicSends topic) {
        if (!asked.contains(topic.topic()) && topic.wantsRoute(System.nanoTime())) {
            asked.add(topic.topic());
            lookup.ask(topic.topic(), (known, failure) -> posts.add(() -> heard(topic, known, failure)));
        }
        return topic.flush(this::send);
    }

    private void heard(TopicSends topic, @Nullable KnownTopic known, @Nullable Throwable failure) {
        asked.remove(topic.topic());
        if (known != null) {
            reachability.answered();
            topic.routed(known);
        } else {
            Answer answer =
                    RemotingFailures.answerOf(failure == null ? new IllegalStateException("no route") : failure);
            // where the topic is known, what brokers answer says more than a name server that is away
            if (!topic.isKnown()) {
                note(answer);
            }
            topic.notRouted(answer.outcome());
        }
    }

    private void send(Lane lane, Batch batch) {
        producer.send(
                batch,
                answer -> posts.add(() -> {
                    note(answer);
                    lane.answered(batch, answer.outcome());
                }));
    }

    private void note(Answer answer) {
        if (answer.byBroker()) {
            reachability.answered();
        } else {
            reachability.unanswered(answer.outcome().text());
        }
    }

    private void expire(long now) {
        long request = settings.requestTimeout().toNanos();
        topics.values().forEach(topic -> topic.expire(now - 3 * request, now - request - GRACE.toNanos()));
    }

    private void end() {
        ended = true;
        long now = System.nanoTime();
        List<Runnable> left = new ArrayList<>();
        posts.drainTo(left);
        left.forEach(SendLoop::safely);
        topics.values().forEach(topic -> topic.expire(now + GRACE.toNanos(), now + GRACE.toNanos()));
        lookup.close();
        producer.close();
    }

    /** Bounded. */
    void close() {
        closing = true;
        posts.add(() -> {});
        try {
            thread.join(Duration.ofSeconds(6).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
