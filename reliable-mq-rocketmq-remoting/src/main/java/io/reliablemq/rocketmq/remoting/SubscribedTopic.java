package io.reliablemq.rocketmq.remoting;

import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.rocketmq.wire.Reachability;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/** Where the topic of a subscription is read, asked anew when that is old or did not answer. */
final class SubscribedTopic {

    private final Subscription subscription;
    private final RemotingSettings settings;
    private final Cluster cluster;
    private final Reachability reachability;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile @Nullable TopicRoute route;
    private volatile long asked;
    private volatile boolean stale;

    SubscribedTopic(Subscription subscription, RemotingSettings settings, Cluster cluster, Reachability reachability) {
        this.subscription = subscription;
        this.settings = settings;
        this.cluster = cluster;
        this.reachability = reachability;
    }

    /** @throws ReceiverUnavailableException when nobody answers or the topic is not there */
    void open() {
        current();
    }

    /** The broker to receive from next: its name and address. */
    Map.Entry<String, String> nextBroker() {
        List<Map.Entry<String, String>> brokers =
                List.copyOf(current().readable().entrySet());
        if (brokers.isEmpty()) {
            throw unavailable(new IllegalStateException("no broker of the topic may be read"));
        }
        return brokers.get(Math.floorMod(turn.getAndIncrement(), brokers.size()));
    }

    /** Where the broker is now: its master may have changed. Null when it is gone. */
    @Nullable
    String address(String broker) {
        TopicRoute known = route;
        return known == null ? null : known.readable().get(broker);
    }

    private TopicRoute current() {
        TopicRoute known = route;
        boolean old = System.nanoTime() - asked > settings.routeRefresh().toNanos();
        return known == null || stale || old ? ask(known) : known;
    }

    private synchronized TopicRoute ask(@Nullable TopicRoute known) {
        try {
            TopicRoute answer = cluster.route(subscription.topic());
            asked = System.nanoTime();
            stale = false;
            route = answer;
            answered();
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        } catch (RemotingException | MQClientException | IllegalStateException e) {
            // the name servers may be away while the broker is not
            if (known != null && !stale && RemotingFailures.code(e) == 0) {
                asked = System.nanoTime();
                return known;
            }
            throw unavailable(e);
        }
    }

    void answered() {
        reachability.answered();
    }

    /** Remembers whether somebody answered, and turns the failure into what the container waits on. */
    ReceiverUnavailableException unavailable(Throwable thrown) {
        Throwable failure = RemotingFailures.unwrap(thrown);
        Answer answer = RemotingFailures.answerOf(failure);
        if (answer.byBroker()) {
            answered();
        } else if (!(failure instanceof InterruptedException)) {
            reachability.unanswered(RemotingFailures.text(failure));
        }
        stale = true;
        String advice = advice(failure);
        return new ReceiverUnavailableException(
                "Cannot receive from topic " + subscription.topic() + " for group " + subscription.group() + " at "
                        + settings.nameServer() + ": " + RemotingFailures.text(failure) + "; "
                        + (advice == null ? "it is tried again" : advice),
                thrown);
    }

    static @Nullable String advice(Throwable failure) {
        return switch (RemotingFailures.code(failure)) {
            case ResponseCode.TOPIC_NOT_EXIST -> "create the topic";
            case ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST -> "create the consumer group";
            case ResponseCode.SUBSCRIPTION_PARSE_FAILED -> "correct the filter expression";
            case ResponseCode.NO_PERMISSION -> "check the credentials and their permissions on topic and group";
            default -> null;
        };
    }
}
