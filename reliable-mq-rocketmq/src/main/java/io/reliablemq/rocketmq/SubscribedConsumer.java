package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.rocketmq.wire.BoundedClose;
import io.reliablemq.rocketmq.wire.Reachability;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The SimpleConsumer of one subscription. Like {@link SharedProducer} it is built anew when nobody has answered for a while; the
 * old one stays until the new one is open, so that acknowledgements have one to go through.
 */
final class SubscribedConsumer {

    private static final long RENEW_AFTER_NANOS = Duration.ofSeconds(5).toNanos();

    private final Subscription subscription;
    private final RocketMqSettings settings;
    private final Clients clients;
    private final Reachability reachability;
    private volatile @Nullable SimpleConsumer current;
    private volatile boolean stale;
    private volatile long lastAnswerNanos = System.nanoTime();

    SubscribedConsumer(
            Subscription subscription, RocketMqSettings settings, Clients clients, Reachability reachability) {
        this.subscription = subscription;
        this.settings = settings;
        this.clients = clients;
        this.reachability = reachability;
    }

    /** How long a receive may take, with a second for the threads. */
    Duration receiveTimeout() {
        return settings.awaitDuration().plus(settings.requestTimeout()).plusSeconds(1);
    }

    /** @throws ReceiverUnavailableException when nobody answers or the topic is not there */
    SimpleConsumer open() {
        SimpleConsumer consumer = current;
        return consumer == null || stale ? reopen() : consumer;
    }

    /** The one to acknowledge through, open or not. */
    @Nullable
    SimpleConsumer current() {
        return current;
    }

    private synchronized SimpleConsumer reopen() {
        SimpleConsumer before = current;
        if (before != null && !stale) {
            return before;
        }
        SimpleConsumer opened = build();
        answered();
        stale = false;
        current = opened;
        if (before != null) {
            BoundedClose.begin("consumer", before);
        }
        return opened;
    }

    /** On a thread of its own: the client's start-up, and its clean-up after a failed one, wait without bound. */
    private SimpleConsumer build() {
        CompletableFuture<SimpleConsumer> building = new CompletableFuture<>();
        Thread thread = new Thread(() -> build(building), "reliable-mq-open-consumer");
        thread.setDaemon(true);
        thread.start();
        try {
            return building.get(RocketMqMessageSender.guard(settings).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            building.cancel(false);
            throw unavailable(e);
        } catch (InterruptedException e) {
            building.cancel(false);
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private void build(CompletableFuture<SimpleConsumer> building) {
        try {
            SimpleConsumer consumer = clients.consumer(subscription);
            if (!building.complete(consumer)) {
                consumer.close(); // nobody waits for it any more
            }
        } catch (Exception | LinkageError e) {
            building.completeExceptionally(e);
        }
    }

    void answered() {
        lastAnswerNanos = System.nanoTime();
        reachability.answered();
    }

    /** Remembers whether somebody answered, and turns the failure into what the container waits on. */
    ReceiverUnavailableException unavailable(Throwable thrown) {
        Throwable failure = Failures.root(thrown);
        if (Failures.answered(failure)) {
            answered();
        } else if (!(failure instanceof InterruptedException)) {
            reachability.unanswered(Failures.text(failure));
            stale = Failures.brokeTheClient(failure) || System.nanoTime() - lastAnswerNanos > RENEW_AFTER_NANOS;
        }
        return new ReceiverUnavailableException(
                "Cannot receive from topic " + subscription.topic() + " for group " + subscription.group() + " at "
                        + settings.endpoints() + ": " + Failures.text(failure) + advice(failure),
                thrown);
    }

    private static String advice(Throwable failure) {
        return switch (Failures.code(failure)) {
            case 40402 -> "; create the topic";
            case 40403 -> "; create the consumer group";
            case 40010 -> "; correct the filter expression";
            case 40100, 40300 -> "; check the credentials and their permissions on topic and group";
            default -> "; it is tried again";
        };
    }
}
