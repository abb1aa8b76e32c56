package io.reliablemq.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an adapter must do so that the outbox and the idempotent consumer keep their promises on its broker. Extend it, on a
 * real broker. Each test uses topics and groups of its own.
 */
public abstract class TransportContract {

    /** What a topic takes. */
    public enum Kind {
        UNORDERED,
        ORDERED,
        DELAYED
    }

    private final List<MessageReceiver> receivers = new ArrayList<>();

    /** To the running broker. */
    protected abstract MessageSender sender();

    /** To the running broker. */
    protected abstract MessageReceiverFactory receivers();

    protected abstract String createTopic(Kind kind);

    /** Starts at the earliest message of a topic. */
    protected abstract String createGroup(boolean ordered);

    /** An adapter whose broker is away; closed by the contract. */
    protected abstract Away away();

    /** Publishes with the broker's own means, without any header of the adapter. */
    protected abstract void publishForeign(String topic, String body) throws Exception;

    /** The shortest time without acknowledgement after which the broker delivers again. */
    protected abstract Duration shortestInvisible();

    /** How much later than asked the broker may deliver again. */
    protected abstract Duration redeliveryLatency();

    /** An adapter that points to where no broker is. */
    protected interface Away extends AutoCloseable {
        MessageSender sender();

        MessageReceiverFactory receivers();
    }

    @AfterEach
    void closeReceivers() {
        receivers.forEach(MessageReceiver::close);
    }

    @Test
    void carriesEveryFieldAcrossTheWire() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        OutgoingMessage sent = new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                "paid",
                "order 42",
                null,
                "application/json;charset=utf-8",
                "{\"naïve\":\"日本語 😀\"}".getBytes(UTF_8),
                Map.of(
                        "traceparent",
                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                        "größe",
                        "naïve 日本 😀 = &"),
                1_700_000_000_123L,
                0);

        assertStored(sent);
        ReceivedMessage received = receiveOne(open(topic));

        assertThat(received.id()).isEqualTo(sent.id().toString());
        assertThat(received.topic()).isEqualTo(topic);
        assertThat(received.tag()).isEqualTo("paid");
        assertThat(received.keys()).containsExactly("order 42");
        assertThat(received.orderingKey()).isNull();
        assertThat(received.contentType()).isEqualTo(sent.contentType());
        assertThat(received.payload()).isEqualTo(sent.payload());
        assertThat(received.headers()).isEqualTo(sent.headers());
        assertThat(received.createdAtMs()).isEqualTo(sent.createdAtMs());
        assertThat(received.deliverAtMs()).isZero();
        assertThat(received.deliveryAttempt()).isEqualTo(1);
    }

    @Test
    void leavesOutWhatWasNotGiven() throws Exception {
        String topic = createTopic(Kind.UNORDERED);

        assertStored(message(topic, "x"));
        ReceivedMessage received = receiveOne(open(topic));

        assertThat(received.tag()).isNull();
        assertThat(received.keys()).isEmpty();
        assertThat(received.orderingKey()).isNull();
        assertThat(received.headers()).isEmpty();
    }

    @Test
    void keepsTheIdWhenAMessageIsSentAgain() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        OutgoingMessage sent = message(topic, "twice");

        assertStored(sent);
        assertStored(sent);

        assertThat(receive(open(topic), 2))
                .extracting(ReceivedMessage::id)
                .containsExactly(sent.id().toString(), sent.id().toString());
    }

    @Test
    void deliversADelayedMessageWhenItIsDue() throws Exception {
        String topic = createTopic(Kind.DELAYED);
        long due = System.currentTimeMillis() + 2_000;

        assertStored(delayed(topic, due));
        ReceivedMessage received = receiveOne(open(topic));

        assertThat(received.deliverAtMs()).isEqualTo(due);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(due);
    }

    @Test
    void deliversAtOnceWhatIsOverdue() throws Exception {
        String topic = createTopic(Kind.DELAYED);

        assertStored(delayed(topic, System.currentTimeMillis() - 60_000));

        receiveOne(open(topic));
    }

    @Test
    void keepsTheOrderOfAKey() throws Exception {
        String topic = createTopic(Kind.ORDERED);
        for (int i = 0; i < 10; i++) {
            for (String key : List.of("a", "b", "schlüssel c")) {
                assertStored(ordered(topic, key, Integer.toString(i)));
            }
        }

        Map<String, List<String>> seen = new HashMap<>();
        MessageReceiver receiver = open(topic, createGroup(true), true);
        for (int n = 0; n < 30; ) {
            for (ReceivedMessage received : receiver.receive(32, Duration.ofSeconds(30))) {
                seen.computeIfAbsent(received.orderingKey(), key -> new ArrayList<>())
                        .add(text(received));
                join(receiver.acknowledge(received));
                n++;
            }
        }

        List<String> order = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        assertThat(seen).isEqualTo(Map.of("a", order, "b", order, "schlüssel c", order));
    }

    @Test
    void refusesAnUnknownTopic() {
        assertRefused(message("nobody-created-this", "x"), SendOutcome.Reason.UNKNOWN_TOPIC);
    }

    @Test
    void refusesAMessageThatDoesNotFitTheTopicsType() {
        assertRefused(ordered(createTopic(Kind.UNORDERED), "key", "x"), SendOutcome.Reason.WRONG_TOPIC_TYPE);
        assertRefused(message(createTopic(Kind.ORDERED), "x"), SendOutcome.Reason.WRONG_TOPIC_TYPE);
    }

    @Test
    void refusesWhatIsTooLarge() {
        OutgoingMessage tooLarge = withPayload(createTopic(Kind.UNORDERED), new byte[4 * 1024 * 1024 + 1]);

        assertRefused(tooLarge, SendOutcome.Reason.TOO_LARGE);
    }

    @Test
    void storesTwoThousandConcurrentMessages() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        List<CompletableFuture<SendOutcome>> outcomes = IntStream.range(0, 2_000)
                .mapToObj(
                        i -> sender().send(message(topic, Integer.toString(i))).toCompletableFuture())
                .toList();

        for (CompletableFuture<SendOutcome> outcome : outcomes) {
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(SendOutcome.Stored.class);
        }
        List<ReceivedMessage> received = receive(open(topic), 2_000);
        assertThat(received).extracting(ReceivedMessage::id).doesNotHaveDuplicates();
    }

    @Test
    void doesNotDeliverAgainWhatIsAcknowledged() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        MessageReceiver receiver = open(topic);
        // so many, because an acknowledgement that is lost now and then must show
        int count = 100;
        for (int i = 0; i < count; i++) {
            assertStored(message(topic, Integer.toString(i)));
        }

        for (int n = 0; n < count; n++) {
            ReceivedMessage first = next(receiver, shortestInvisible());
            join(receiver.acknowledge(join(receiver.postpone(first, shortestInvisible()))));
        }

        assertThat(until(System.nanoTime() + patience(), receiver, message -> true))
                .isNull();
    }

    @Test
    void deliversAgainWhatIsNotAcknowledged() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        MessageReceiver receiver = open(topic);
        assertStored(message(topic, "again"));
        ReceivedMessage first = next(receiver, shortestInvisible());

        ReceivedMessage second = next(receiver, shortestInvisible());

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.deliveryAttempt()).isEqualTo(2);
        assertThatThrownBy(() -> join(receiver.postpone(first, shortestInvisible())))
                .as("the time of the first delivery is over")
                .isInstanceOf(Exception.class);
        join(receiver.acknowledge(second));
    }

    @Test
    void deliversAPostponedMessageAfterAboutThatTime() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        MessageReceiver receiver = open(topic);
        assertStored(message(topic, "later"));
        ReceivedMessage first = next(receiver, Duration.ofMinutes(5));

        long start = System.nanoTime();
        join(receiver.postpone(first, Duration.ofSeconds(3)));
        ReceivedMessage second = next(receiver, Duration.ofMinutes(5));
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.deliveryAttempt()).isEqualTo(2);
        assertThat(took)
                .isBetween(Duration.ofMillis(2_500), Duration.ofSeconds(3).plus(redeliveryLatency()));
        join(receiver.acknowledge(second));
    }

    @Test
    void acknowledgesThroughTheDeliveryBeforeItWasPostponedAtTheCostOfOneRedeliveryAtMost() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        MessageReceiver receiver = open(topic);
        assertStored(message(topic, "raced"));
        ReceivedMessage first = next(receiver, shortestInvisible());

        // a renewal that is still on its way when the handler ends
        var renewal = receiver.postpone(first, shortestInvisible());
        join(receiver.acknowledge(first));
        join(renewal);

        // the broker may handle the two in either order; dedup absorbs what it costs
        ReceivedMessage again = until(System.nanoTime() + patience(), receiver, message -> true);
        if (again != null) {
            join(receiver.acknowledge(again));
            assertThat(until(System.nanoTime() + patience(), receiver, message -> true))
                    .isNull();
        }
    }

    @Test
    void deliversForeignMessagesWithoutAnId() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        long before = System.currentTimeMillis();

        publishForeign(topic, "foreign");
        ReceivedMessage received = receiveOne(open(topic));

        assertThat(received.id()).isNull();
        assertThat(received.contentType()).isNull();
        assertThat(text(received)).isEqualTo("foreign");
        assertThat(received.createdAtMs()).isCloseTo(before, within(60_000L));
    }

    /** What was sent twice is stored twice; what is delivered again is not. */
    @Test
    void tellsAStoredMessageByOneIdAtEachDelivery() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        publishForeign(topic, "same");
        publishForeign(topic, "same");
        MessageReceiver receiver = open(topic);
        List<ReceivedMessage> first = deliveries(receiver, 1);
        assertThat(first)
                .extracting(ReceivedMessage::storedId)
                .doesNotContainNull()
                .doesNotHaveDuplicates();

        for (int attempt = 2; attempt <= 3; attempt++) {
            assertThat(deliveries(receiver, attempt))
                    .extracting(ReceivedMessage::storedId)
                    .containsExactlyInAnyOrder(
                            first.get(0).storedId(), first.get(1).storedId());
        }
    }

    /** Of two messages, which then come again. */
    private List<ReceivedMessage> deliveries(MessageReceiver receiver, int attempt) throws InterruptedException {
        Duration patient = Duration.ofMinutes(5);
        List<ReceivedMessage> two = List.of(next(receiver, patient), next(receiver, patient));
        assertThat(two).allMatch(message -> message.deliveryAttempt() == attempt);
        two.forEach(message -> join(receiver.postpone(message, shortestInvisible())));
        return two;
    }

    @Test
    void deliversOnlyWhatTheTagExpressionNames() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        for (String tag : List.of("a", "b", "c")) {
            assertStored(tagged(topic, tag));
        }

        MessageReceiver receiver =
                keep(receivers().open(new Subscription(topic, createGroup(false), "a || c", false, false)));

        assertThat(receive(receiver, 2)).extracting(ReceivedMessage::tag).containsExactlyInAnyOrder("a", "c");
    }

    @Test
    void deliversOnlyWhatTheSqlExpressionSelects() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        assertStored(withHeaders(topic, Map.of("region", "eu", "amount", "7")));
        assertStored(withHeaders(topic, Map.of("region", "us", "amount", "70")));
        assertStored(withHeaders(topic, Map.of("region", "eu", "amount", "70")));
        assertStored(message(topic, "without headers"));

        MessageReceiver receiver = keep(receivers()
                .open(new Subscription(topic, createGroup(false), "region = 'eu' AND amount > 10", true, false)));

        assertThat(receive(receiver, 1))
                .extracting(ReceivedMessage::headers)
                .containsExactly(Map.of("region", "eu", "amount", "70"));
        assertThat(receiver.receive(32, shortestInvisible())).isEmpty();
    }

    @Test
    void refusesAnOrderedSubscriptionWhoseTopicOrGroupHasNoOrder() {
        Subscription topic = new Subscription(createTopic(Kind.UNORDERED), createGroup(true), "*", false, true);
        assertMisfit(topic, topic.topic());
        Subscription group = new Subscription(createTopic(Kind.ORDERED), createGroup(false), "*", false, true);
        assertMisfit(group, group.group());

        receivers().verify(new Subscription(createTopic(Kind.ORDERED), createGroup(true), "*", false, true));
        receivers().verify(new Subscription(createTopic(Kind.UNORDERED), createGroup(false), "*", false, false));
    }

    private void assertMisfit(Subscription subscription, String named) {
        assertThatThrownBy(() -> receivers().verify(subscription))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining(named);
        assertThatThrownBy(() -> receivers().open(subscription))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining(named);
    }

    @Test
    void cannotVerifyAnOrderedSubscriptionWhenTheBrokerIsAway() throws Exception {
        try (Away away = away()) {
            Subscription ordered = new Subscription("any", "group", "*", false, true);
            assertThatThrownBy(() -> away.receivers().verify(ordered)).isInstanceOf(ReceiverUnavailableException.class);
            assertThatThrownBy(() -> away.receivers().open(ordered)).isInstanceOf(ReceiverUnavailableException.class);
        }
    }

    @Test
    void doesNotKnowWhatBecameOfAMessageWhenTheBrokerIsAway() throws Exception {
        try (Away away = away()) {
            for (int i = 0; i < 3; i++) {
                assertThat(away.sender()
                                .send(message("any", "x"))
                                .toCompletableFuture()
                                .get(20, TimeUnit.SECONDS))
                        .isInstanceOf(SendOutcome.Unknown.class);
            }
        }
    }

    @Test
    void cannotOpenAReceiverWhenTheBrokerIsAway() throws Exception {
        try (Away away = away()) {
            assertThatThrownBy(() -> away.receivers().open(new Subscription("any", "group", "*", false, false)))
                    .isInstanceOf(ReceiverUnavailableException.class)
                    .hasMessageContaining("any")
                    .hasMessageContaining("group");
        }
    }

    @Test
    void cannotOpenAReceiverOfAnUnknownTopic() {
        assertThatThrownBy(() -> receivers()
                        .open(new Subscription("nobody-created-this", createGroup(false), "*", false, false)))
                .isInstanceOf(ReceiverUnavailableException.class)
                .hasMessageContaining("nobody-created-this");
    }

    @Test
    void closesWithinSecondsWhileAReceiveIsWaiting() throws Exception {
        MessageReceiver receiver = open(createTopic(Kind.UNORDERED));
        Thread waiting = new Thread(() -> {
            try {
                receiver.receive(1, shortestInvisible());
            } catch (InterruptedException | RuntimeException e) {
                // expected
            }
        });
        waiting.start();
        Thread.sleep(300);
        waiting.interrupt();

        long start = System.nanoTime();
        receiver.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        waiting.join(1_000);
        assertThat(waiting.isAlive()).isFalse();
    }

    protected final void assertStored(OutgoingMessage message) {
        assertThat(join(sender().send(message))).isInstanceOf(SendOutcome.Stored.class);
    }

    protected final void assertRefused(OutgoingMessage message, SendOutcome.Reason reason) {
        assertThat(join(sender().send(message))).isInstanceOfSatisfying(SendOutcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.detail()).isNotBlank();
        });
    }

    protected final MessageReceiver open(String topic) {
        return open(topic, createGroup(false), false);
    }

    private MessageReceiver open(String topic, String group, boolean ordered) {
        return keep(receivers().open(new Subscription(topic, group, "*", false, ordered)));
    }

    private MessageReceiver keep(MessageReceiver receiver) {
        receivers.add(receiver);
        return receiver;
    }

    protected final ReceivedMessage receiveOne(MessageReceiver receiver) throws InterruptedException {
        return receive(receiver, 1).get(0);
    }

    /** So many messages, acknowledged, within 30 s. */
    protected final List<ReceivedMessage> receive(MessageReceiver receiver, int count) throws InterruptedException {
        List<ReceivedMessage> received = new ArrayList<>();
        List<CompletableFuture<Void>> acknowledged = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (received.size() < count && System.nanoTime() < deadline) {
            for (ReceivedMessage message : receiver.receive(32, Duration.ofSeconds(60))) {
                received.add(message);
                acknowledged.add(receiver.acknowledge(message).toCompletableFuture());
            }
        }
        acknowledged.forEach(TransportContract::join);
        assertThat(received).hasSize(count);
        received.sort(Comparator.comparingLong(ReceivedMessage::createdAtMs));
        return received;
    }

    /** The next message, not acknowledged. */
    private static ReceivedMessage next(MessageReceiver receiver, Duration invisible) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (System.nanoTime() < deadline) {
            List<ReceivedMessage> messages = receiver.receive(1, invisible);
            if (!messages.isEmpty()) {
                return messages.get(0);
            }
        }
        throw new AssertionError("Nothing was delivered within 40 s");
    }

    private static @Nullable ReceivedMessage until(
            long deadlineNanos, MessageReceiver receiver, Predicate<ReceivedMessage> wanted)
            throws InterruptedException {
        while (System.nanoTime() < deadlineNanos) {
            for (ReceivedMessage message : receiver.receive(32, Duration.ofMinutes(1))) {
                if (wanted.test(message)) {
                    return message;
                }
            }
        }
        return null;
    }

    /** Longer than the shortest invisible time and the latency after it. */
    private long patience() {
        return shortestInvisible().plus(redeliveryLatency()).toNanos();
    }

    protected static String text(ReceivedMessage message) {
        return new String(message.payload(), UTF_8);
    }

    protected static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    protected static OutgoingMessage message(String topic, String text) {
        return withPayload(topic, text.getBytes(UTF_8));
    }

    private static OutgoingMessage withPayload(String topic, byte[] payload) {
        return build(topic, null, null, payload, 0);
    }

    private static OutgoingMessage tagged(String topic, String tag) {
        return build(topic, tag, null, tag.getBytes(UTF_8), 0);
    }

    private static OutgoingMessage ordered(String topic, String key, String text) {
        return build(topic, null, key, text.getBytes(UTF_8), 0);
    }

    private static OutgoingMessage withHeaders(String topic, Map<String, String> headers) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                null,
                null,
                null,
                "text/plain",
                "x".getBytes(UTF_8),
                headers,
                System.currentTimeMillis(),
                0);
    }

    private static OutgoingMessage delayed(String topic, long deliverAtMs) {
        return build(topic, null, null, "delayed".getBytes(UTF_8), deliverAtMs);
    }

    private static OutgoingMessage build(String topic, String tag, String orderingKey, byte[] payload, long deliverAt) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                tag,
                null,
                orderingKey,
                "text/plain",
                payload,
                Map.of(),
                System.currentTimeMillis(),
                deliverAt);
    }
}
