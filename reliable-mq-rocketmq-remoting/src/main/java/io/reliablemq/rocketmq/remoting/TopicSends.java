package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.outbox.spi.SendOutcome.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jspecify.annotations.Nullable;

/** What is sent to one topic. Used by the send loop's thread only. */
final class TopicSends {

    /** Of delayed messages, which go one by one: RocketMQ does not look at the delay of messages in a batch. */
    private static final int SINGLES_IN_FLIGHT = 256;

    private final String topic;
    private final String named;
    private final RemotingSettings settings;
    private final Lane unordered;
    private final Lane delayed;
    private final Map<MessageQueue, Lane> ordered = new HashMap<>();
    private final OrderedQueues queues;
    private final List<PendingSend> unrouted = new ArrayList<>();
    private @Nullable KnownTopic known;
    private long lastUsed = System.nanoTime();
    private long lastAsked = System.nanoTime();

    TopicSends(String topic, String named, RemotingSettings settings) {
        BatchSettings batch = settings.batch();
        this.topic = topic;
        this.named = named;
        this.settings = settings;
        this.unordered = new Lane(null, batch.inFlight(), batch);
        this.delayed = new Lane(null, SINGLES_IN_FLIGHT, new BatchSettings(1, batch.maxBytes(), 1));
        this.queues = new OrderedQueues(settings.queueChange());
    }

    String topic() {
        return topic;
    }

    void add(PendingSend pending) {
        lastUsed = System.nanoTime();
        KnownTopic place = known;
        if (place == null) {
            unrouted.add(pending);
        } else {
            place(pending, place);
        }
    }

    private void place(PendingSend pending, KnownTopic place) {
        OutgoingMessage message = pending.message;
        if (!place.type().accepts(message)) {
            pending.outcome.complete(new Refused(
                    Reason.WRONG_TOPIC_TYPE,
                    "topic " + topic + " takes messages of type " + place.type().name() + " and this one is "
                            + AcceptedType.typeOf(message)));
        } else if (message.orderingKey() != null) {
            placeOrdered(pending, message.orderingKey());
        } else {
            (message.deliverAtMs() > 0 ? delayed : unordered).add(pending);
        }
    }

    private void placeOrdered(PendingSend pending, String key) {
        MessageQueue queue = queues.of(key);
        if (queue == null) {
            pending.unknown("no writable queue of topic " + topic);
        } else {
            ordered.computeIfAbsent(queue, place -> new Lane(place, 1, settings.batch()))
                    .add(pending);
        }
    }

    /** Where the topic is, as was just heard. */
    void routed(KnownTopic heard) {
        known = heard;
        queues.update(heard.route());
        ordered.values().removeIf(Lane::isIdle);
        List<PendingSend> waited = List.copyOf(unrouted);
        unrouted.clear();
        waited.forEach(pending -> place(pending, heard));
    }

    /** What is known is kept while nobody says anything else. */
    void notRouted(SendOutcome outcome) {
        if (outcome instanceof Refused) {
            known = null;
        }
        unrouted.forEach(pending -> pending.outcome.complete(outcome));
        unrouted.clear();
    }

    boolean isKnown() {
        return known != null;
    }

    /** Whether to ask now where the topic is: what is known is old, or nothing is. */
    boolean wantsRoute(long now) {
        boolean wants = known == null ? !unrouted.isEmpty() : isUsed(now) && now - lastAsked > refresh();
        if (wants) {
            lastAsked = now;
        }
        return wants;
    }

    private boolean isUsed(long now) {
        return now - lastUsed < 20 * refresh();
    }

    private long refresh() {
        return settings.routeRefresh().toNanos();
    }

    /** @return in how many nanoseconds to call this again although nothing else happens */
    long flush(BiConsumer<Lane, Batch> sending) {
        long again = Math.min(unordered.flush(named, sending), delayed.flush(named, sending));
        for (Lane lane : ordered.values()) {
            again = Math.min(again, lane.flush(named, sending));
        }
        return again;
    }

    void expire(long notSentSince, long noAnswerSince) {
        unordered.expire(notSentSince, noAnswerSince);
        delayed.expire(notSentSince, noAnswerSince);
        ordered.values().forEach(lane -> lane.expire(notSentSince, noAnswerSince));
        unrouted.removeIf(pending -> {
            boolean late = pending.since - notSentSince < 0;
            if (late) {
                pending.unknown("not sent: no name server has said where topic " + topic + " is");
            }
            return late;
        });
    }
}
