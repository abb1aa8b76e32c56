package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;

/** Sends as a relay does, of each key one message at a time, and looks at where each of them went. */
final class SentInTurn implements AutoCloseable {

    /** Else it would fill the queues faster than anybody reads them. */
    private static final Executor PACE = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

    private final MessageSender sender;
    private final String topic;
    private final int keys;
    private final AtomicInteger stored = new AtomicInteger();
    private final List<CompletableFuture<Void>> chains = new ArrayList<>();
    private final Map<String, List<Place>> places = new TreeMap<>();
    private final Set<String> sinceLastAsked = new HashSet<>();
    private volatile boolean stopping;

    /** @param number of the message among those of its key */
    private record Place(int number, int queue, long offset) {}

    SentInTurn(MessageSender sender, String topic, int keys) {
        this.sender = sender;
        this.topic = topic;
        this.keys = keys;
    }

    void start() {
        IntStream.range(0, keys).forEach(key -> chains.add(sendOn("key " + key, 0)));
    }

    private CompletableFuture<Void> sendOn(String key, int number) {
        return sender.send(message(key, number))
                .toCompletableFuture()
                .thenComposeAsync(
                        outcome -> {
                            // a repetition would be a second message, and that a relay makes none here is not what is
                            // tested
                            assertThat(outcome).isInstanceOf(SendOutcome.Stored.class);
                            stored.incrementAndGet();
                            return stopping ? CompletableFuture.completedFuture(null) : sendOn(key, number + 1);
                        },
                        PACE);
    }

    private OutgoingMessage message(String key, int number) {
        return TextMessage.of(topic, key, Integer.toString(number));
    }

    void stop() throws Exception {
        stopping = true;
        CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }

    void receiveUntil(MessageReceiver receiver, BooleanSupplier enough) throws Exception {
        sinceLastAsked.clear();
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!enough.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as(
                            "%s of %s messages received within two minutes, from the queues %s",
                            received(), stored, queues())
                    .isNegative();
            List<CompletableFuture<Void>> acknowledged = new ArrayList<>();
            for (ReceivedMessage message : receiver.receive(32, Duration.ofMinutes(1))) {
                note(message);
                acknowledged.add(receiver.acknowledge(message).toCompletableFuture());
            }
            CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private void note(ReceivedMessage message) {
        String[] handle =
                ExtraInfoUtil.split(RemotingDelivery.of(message.handle()).handle());
        sinceLastAsked.add(message.orderingKey());
        places.computeIfAbsent(message.orderingKey(), key -> new ArrayList<>())
                .add(new Place(
                        Integer.parseInt(new String(message.payload(), UTF_8)),
                        ExtraInfoUtil.getQueueId(handle),
                        ExtraInfoUtil.getQueueOffset(handle)));
    }

    boolean everyKeyHasComeAgain() {
        return sinceLastAsked.size() == keys;
    }

    boolean isAllReceived() {
        return received() == stored.get();
    }

    private int received() {
        return places.values().stream().mapToInt(List::size).sum();
    }

    Set<Integer> queues() {
        Set<Integer> queues = new HashSet<>();
        places.values().stream().flatMap(Collection::stream).forEach(place -> queues.add(place.queue()));
        return queues;
    }

    void assertThatKeysHaveMovedOnceAndInOrder() {
        int moved = 0;
        for (List<Place> ofKey : places.values()) {
            ofKey.sort(Comparator.comparingInt(Place::number));
            assertThat(ofKey).extracting(Place::number).containsExactlyElementsOf(numbers(ofKey.size()));
            int moves = 0;
            for (int i = 1; i < ofKey.size(); i++) {
                Place before = ofKey.get(i - 1);
                Place place = ofKey.get(i);
                moves += before.queue() == place.queue() ? 0 : 1;
                assertThat(before.queue() != place.queue() || before.offset() < place.offset())
                        .as("%s is behind %s", place, before)
                        .isTrue();
            }
            assertThat(moves).isLessThan(2);
            moved += moves;
        }
        assertThat(moved).isPositive();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Override
    public void close() {
        stopping = true;
    }
}
