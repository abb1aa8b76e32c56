package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ProducerApplication.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.autoconfigure.RecordingCluster.Sent;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.rocketmq.acl.common.AclUtils;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The properties of the classic client, by what brokers are sent. */
class RemotingSendingTests {

    private final RecordingCluster cluster = new RecordingCluster();

    RemotingSendingTests() throws IOException {}

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private static ApplicationContextRunner sendingTo(RecordingCluster cluster, String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RocketMqAutoConfiguration.class))
                .withPropertyValues(
                        "reliable-mq.rocketmq.client=remoting",
                        "reliable-mq.rocketmq.name-server=" + cluster.nameServer(),
                        "reliable-mq.rocketmq.request-timeout=15s")
                .withPropertyValues(properties);
    }

    @Test
    void asManyMessagesGoTogetherAndAsManyBatchesAtATimeAsConfigured() {
        cluster.receipts = new CompletableFuture<>();
        sendingTo(
                        cluster,
                        "reliable-mq.rocketmq.remoting.batch.max-messages=3",
                        "reliable-mq.rocketmq.remoting.batch.in-flight=6")
                .run(context -> {
                    List<CompletableFuture<SendOutcome>> outcomes = sendTogether(24, 1, context);
                    until(() -> cluster.sent.size() == 6);
                    cluster.receipts.complete(null);
                    assertThat(outcomes).allSatisfy(RemotingSendingTests::isStored);
                });
        assertThat(cluster.sent).hasSize(8).extracting(Sent::messages).containsOnly(3);
        assertThat(cluster.mostOpen).hasValue(6);
    }

    @Test
    void noMoreBytesGoTogetherThanConfigured() {
        sendingTo(cluster, "reliable-mq.rocketmq.remoting.batch.max-bytes=4KB").run(context -> {
            assertThat(sendTogether(10, 1500, context)).allSatisfy(RemotingSendingTests::isStored);
            assertThat(cluster.sent).hasSize(5).extracting(Sent::messages).containsOnly(2);
        });
    }

    /** They wait until the name server says where their topic is. */
    private List<CompletableFuture<SendOutcome>> sendTogether(int messages, int bytes, ApplicationContext context) {
        cluster.routes = new CompletableFuture<>();
        List<CompletableFuture<SendOutcome>> outcomes = IntStream.range(0, messages)
                .mapToObj(i -> send(message(null, bytes), context))
                .toList();
        cluster.routes.complete(null);
        return outcomes;
    }

    private static void isStored(CompletableFuture<SendOutcome> outcome) {
        assertThat(outcome).succeedsWithin(Duration.ofMinutes(1)).isInstanceOf(SendOutcome.Stored.class);
    }

    @Test
    void aBrokerThatFailsIsAvoidedWhereThatIsConfigured() {
        cluster.failing = Set.of(RecordingCluster.ONE);
        int asBefore = sentToTheFailing("reliable-mq.rocketmq.remoting.latency-fault=false");
        int avoiding = sentToTheFailing("reliable-mq.rocketmq.remoting.latency-fault=true");
        assertThat(2 * avoiding).isLessThan(asBefore);
    }

    private int sentToTheFailing(String property) {
        cluster.sent.clear();
        sendingTo(cluster, property).run(context -> {
            for (int i = 0; i < 40; i++) {
                send(message(null, 1), context).get(60, TimeUnit.SECONDS);
            }
        });
        assertThat(cluster.sent).hasSize(40);
        return (int) cluster.sent.stream()
                .filter(each -> each.broker().equals(RecordingCluster.ONE))
                .count();
    }

    @Test
    void routesAreAskedForAsOftenAsConfigured() throws IOException {
        try (RecordingCluster another = new RecordingCluster()) {
            sendingTo(cluster, "reliable-mq.rocketmq.remoting.route-refresh=1m")
                    .run(seldom -> sendingTo(another, "reliable-mq.rocketmq.remoting.route-refresh=100ms")
                            .run(often -> until(() -> {
                                isStored(send(message(null, 1), seldom));
                                isStored(send(message(null, 1), often));
                                return another.routeQuestions.get() > 20;
                            })));
            assertThat(cluster.routeQuestions).hasValueLessThan(10);
        }
    }

    @Test
    void keysOfABrokerThatIsAwayMoveOrWaitAsConfigured() {
        cluster.withoutMaster = Set.of(RecordingCluster.ONE);
        assertThat(storedOfSixteenKeys("reliable-mq.rocketmq.remoting.queue-change=strict"))
                .isLessThan(16);
        assertThat(storedOfSixteenKeys("reliable-mq.rocketmq.remoting.queue-change=available"))
                .isEqualTo(16);
    }

    private int storedOfSixteenKeys(String property) {
        AtomicInteger stored = new AtomicInteger();
        sendingTo(cluster, property).run(context -> {
            for (int i = 0; i < 16; i++) {
                SendOutcome outcome = send(message("key " + i, 1), context).get(60, TimeUnit.SECONDS);
                stored.addAndGet(outcome instanceof SendOutcome.Stored ? 1 : 0);
            }
        });
        return stored.get();
    }

    @Test
    void messagesAreSignedAndInTheNamespaceThatIsConfigured() {
        sendingTo(
                        cluster,
                        "reliable-mq.rocketmq.namespace=tenant",
                        "reliable-mq.rocketmq.access-key=the-key",
                        "reliable-mq.rocketmq.secret-key=the-secret")
                .run(context -> isStored(send(message(null, 1), context)));
        RemotingCommand request = cluster.sent.get(0).request();
        Map<String, String> fields = request.getExtFields();
        byte[] signed = AclUtils.combineRequestContent(request, new TreeMap<>(fields));
        assertThat(fields)
                .containsEntry("b", "tenant%orders") // the topic
                .containsEntry("AccessKey", "the-key")
                .containsEntry("Signature", AclUtils.calSignature(signed, "the-secret"));
    }

    /** The patient one is asked first, and would have been done before the others. */
    @Test
    void anAnswerIsWaitedForAsLongAsConfigured() {
        cluster.receipts = new CompletableFuture<>();
        sendingTo(cluster, "reliable-mq.rocketmq.request-timeout=1m").run(patient -> {
            CompletableFuture<SendOutcome> waits = send(message(null, 1), patient);
            until(() -> cluster.sent.size() == 1);
            sendingTo(cluster, "reliable-mq.rocketmq.request-timeout=500ms").run(impatient -> {
                for (int i = 0; i < 3; i++) {
                    assertThat(send(message(null, 1), impatient))
                            .succeedsWithin(Duration.ofMinutes(1))
                            .isInstanceOf(SendOutcome.Unknown.class);
                }
            });
            assertThat(waits).isNotDone();
        });
    }

    @Test
    void delaysUpToTheLongestAreAccepted() {
        OutgoingMessage late = message(null, 1)
                .withDeliverAt(Instant.now().plus(Duration.ofDays(3)).toEpochMilli());
        sendingTo(cluster).run(context -> assertThatThrownBy(
                        () -> context.getBean(MessageRules.class).check(late))
                .isInstanceOf(MessageRejectedException.class));
        sendingTo(cluster, "reliable-mq.outbox.max-delay=5d").run(context -> assertThatCode(
                        () -> context.getBean(MessageRules.class).check(late))
                .doesNotThrowAnyException());
    }

    private static CompletableFuture<SendOutcome> send(OutgoingMessage message, ApplicationContext context) {
        return context.getBean(MessageSender.class).send(message).toCompletableFuture();
    }

    private static OutgoingMessage message(String orderingKey, int bytes) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                "orders",
                null,
                null,
                orderingKey,
                "text/plain",
                "x".repeat(bytes).getBytes(UTF_8),
                Map.of(),
                System.currentTimeMillis(),
                0);
    }
}
