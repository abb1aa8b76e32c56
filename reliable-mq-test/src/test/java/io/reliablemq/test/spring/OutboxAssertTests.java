package io.reliablemq.test.spring;

import static io.reliablemq.test.spring.OutboxAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.IsolatedBroker;
import io.reliablemq.test.spring.ShopApplication.Orders;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.transaction.support.TransactionTemplate;

@SpringBootTest(
        properties = "reliable-mq.listener.enabled=false",
        classes = {ShopApplication.class})
@EmbeddedRocketMq(topics = "orders")
class OutboxAssertTests {

    @Autowired
    Orders orders;

    @Autowired
    OutboxRecords outbox;

    @Autowired
    Drain drain;

    @Autowired
    TransactionTemplate transaction;

    @Test
    void seesWhatItsOwnTransactionsHaveSent() {
        orders.place("before");

        OutboxRecords.Written written = outbox.writtenBy(() -> transaction.executeWithoutResult(status -> {
            orders.place("a-1");
            orders.place("a-2");
        }));

        assertThat(written).hasKeys("a-1", "a-2").wereSent();
        assertThat(written)
                .toTopic("orders")
                .hasPayloads("{\"id\":\"a-1\",\"item\":\"apple\"}", "{\"id\":\"a-2\",\"item\":\"apple\"}");
        assertThat(written).toTopic("shipments").isEmpty();
        assertThat(outbox.writtenTo("orders"))
                .extracting(message -> message.key())
                .contains("before", "a-1", "a-2");
    }

    @Test
    void seesNothingOfATransactionThatRolledBack() {
        assertThat(outbox.writtenBy(() -> transaction.executeWithoutResult(status -> {
                    orders.place("regretted");
                    status.setRollbackOnly();
                })))
                .isEmpty();
    }

    @Test
    void tellsAParkedMessageFromOneThatWasSent() {
        OutboxRecords.Written nowhere = outbox.writtenBy(() -> orders.placeInNowhere("p-1"));

        assertThat(nowhere).areParkedBecause("UNKNOWN_TOPIC");
        drain.await();
        assertThatThrownBy(
                        () -> assertThat(nowhere).within(Duration.ofMillis(1)).wereSent())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("to nowhere")
                .hasMessageContaining("parked, UNKNOWN_TOPIC");
        OutboxRecords.Written somewhere = outbox.writtenBy(() -> orders.place("p-2"));
        assertThat(somewhere).wereSent();
        assertThatThrownBy(
                        () -> assertThat(somewhere).within(Duration.ofMillis(1)).areParked())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("but it is: \"sent\"");
    }

    @Test
    void findsNoFateOfNothing() {
        assertThatThrownBy(() -> assertThat(outbox.writtenTo("shipments")).wereSent())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not to be empty");
    }

    @Test
    void hasTheBrokerToInject(@Autowired IsolatedBroker broker) {
        assertThat(broker.namespace()).startsWith("OutboxAssertTests-");
    }
}
