package io.reliablemq.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import io.reliablemq.outbox.spi.PayloadEncryption;
import io.reliablemq.outbox.write.OutboxFixture;
import io.reliablemq.outbox.write.TransactionalOutbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/** The Java blocks of docs/sending.md, run as they stand there. */
class SendingGuideTests {

    private final OutboxFixture fixture = new OutboxFixture();
    private final Outbox outbox = fixture.outbox;
    private final TransactionTemplate transaction = fixture.transaction();
    private final Order order = new Order("17", "customer-1");

    private record Order(String id, String customer) {
        void remindedTooEarly() {
            throw new AssertionError("cancelled by the transaction that has sent it");
        }
    }

    @Test
    void showsWhatIsTestedHere() throws IOException {
        String here = squeezed(Files.readString(Path.of("src/test/java/io/reliablemq/outbox/SendingGuideTests.java")));
        List<String> blocks = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/sending.md")))
                .results()
                .map(block -> squeezed(block.group(1)))
                .toList();

        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(here).contains(block));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void topicAndTag() {
        transaction.executeWithoutResult(status -> {
            UUID id = outbox.send("orders:placed", order);
            assertThat(id).isNotNull();
            outbox.send(OutboxMessage.to("orders:placed")
                    .key(order.id())
                    .orderedBy(order.customer())
                    .header("source", "shop")
                    .payload(order));
        });

        assertThat(fixture.feed.committed).hasSize(2).allSatisfy(row -> {
            OutgoingMessage message = row.message();
            assertThat(message.topic()).isEqualTo("orders");
            assertThat(message.tag()).isEqualTo("placed");
        });
    }

    @Test
    void logsPastTheOutbox() {
        Order click = order;

        outbox.send(OutboxMessage.to("clicks").mode(SendMode.DIRECT).payload(click));

        assertThat(fixture.direct.sent).hasSize(1);
    }

    private interface Vault {
        byte[] encrypt(byte[] plain, String authenticated);
    }

    private final Vault vault = (plain, authenticated) -> authenticated.getBytes(StandardCharsets.UTF_8);

    class OrderEncryption implements PayloadEncryption {

        @Override
        public String name() {
            return "orders-2026";
        }

        @Override
        public byte[] encrypt(OutgoingMessage message) {
            return vault.encrypt(message.payload(), message.id().toString());
        }
    }

    @Test
    void encryption() {
        Outbox encrypting = TransactionalOutbox.on(fixture.dataSource)
                .store(fixture.store.port())
                .layout(() -> new LaneLayout(16))
                .feed(fixture.feed)
                .rules(message -> {})
                .converter(payload -> new Converted(payload.toString().getBytes(StandardCharsets.UTF_8), "text/plain"))
                .encryption(new OrderEncryption())
                .build();

        UUID id = transaction.execute(status -> encrypting.send("orders", "secret"));

        assertThat(fixture.written()).containsExactly(id.toString());
        assertThat(fixture.feed.committed.get(0).message().contentType())
                .isEqualTo("text/plain;reliablemq-encoding=orders-2026");
    }

    private interface Orders {
        void place(Order order);
    }

    @Test
    void backlog() {
        assertThat(answer(order -> {})).isEqualTo("Placed");
        assertThat(answer(order -> {
                    throw new OutboxOverloadedException("by the test");
                }))
                .isEqualTo("Try again later");
    }

    private String answer(Orders orders) {
        try {
            orders.place(order);
        } catch (OutboxOverloadedException e) {
            return "Try again later";
        }
        return "Placed";
    }

    @Test
    void delayAndCancel() {
        transaction.executeWithoutResult(status -> {
            UUID reminder = outbox.send(OutboxMessage.to("orders:unpaid")
                    .delay(Duration.ofMinutes(30))
                    .payload(order));
            if (outbox.cancel(reminder) == Cancellation.TOO_LATE) {
                order.remindedTooEarly();
            }
        });

        assertThat(fixture.store.delayed).isEmpty();
    }
}
