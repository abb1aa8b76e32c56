package io.reliablemq.rocketmq.remoting;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Asks where a topic is and what it takes, on a thread of its own. */
final class RouteLookup {

    private final Cluster cluster;
    private final ThreadPoolExecutor executor;

    RouteLookup(Cluster cluster) {
        this.cluster = cluster;
        this.executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "reliable-mq-rocketmq-route");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    void ask(String topic, BiConsumer<@Nullable KnownTopic, @Nullable Throwable> answer) {
        executor.execute(() -> {
            try {
                TopicRoute route = cluster.route(topic);
                answer.accept(new KnownTopic(route, cluster.acceptedType(route)), null);
            } catch (Exception | Error e) {
                answer.accept(null, e);
            }
        });
    }

    void close() {
        executor.shutdownNow();
    }
}
