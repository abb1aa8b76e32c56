package io.reliablemq.test.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.spring.ShopApplication.Orders;
import io.reliablemq.test.spring.ShopApplication.Shipping;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.transaction.support.TransactionTemplate;

@SpringBootTest
@EmbeddedRocketMq
class DrainTests {

    @Autowired
    Orders orders;

    @Autowired
    Shipping shipping;

    @Autowired
    Drain drain;

    @Autowired
    ListenerRegistry listeners;

    @Autowired
    DeadLetters letters;

    @Autowired
    TransactionTemplate transaction;

    @Test
    void returnsWhenWhatWasSentAndWhatFollowedFromItIsApplied() {
        for (int i = 0; i < 50; i++) {
            orders.place("chain-" + i);
        }

        drain.await();

        assertThat(shipping.orders("shipped"))
                .filteredOn(id -> id.startsWith("chain-"))
                .hasSize(50);
        assertThat(shipping.orders("billed"))
                .filteredOn(id -> id.startsWith("chain-"))
                .hasSize(50);
    }

    @Test
    void waitsForTheAttemptsThatAreStillToCome() {
        orders.place("poison");

        drain.await();

        assertThat(letters.count(Letters.ofGroup("shipping"))).isEqualTo(1);
        assertThat(shipping.orders("shipped")).doesNotContain("poison");
    }

    @Test
    void saysWhichListenerHasNotAcknowledged() {
        CountDownLatch gate = shipping.close();
        try {
            orders.place("slow");

            assertThatThrownBy(() -> drain.await(Duration.ofMillis(500)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("(topic orders, group shipping): 1 not acknowledged, it is RUNNING");
        } finally {
            gate.countDown();
        }
        drain.await();
        assertThat(shipping.orders("billed")).contains("slow");
    }

    @Test
    void waitsForNoListenerThatIsStopped() {
        String id = listeners.list().stream()
                .filter(listener -> listener.consumerGroup().equals("billing"))
                .findFirst()
                .orElseThrow()
                .id();
        listeners.stop(id);
        try {
            orders.place("unbilled");
            drain.await();
            assertThat(shipping.orders("shipped")).contains("unbilled");
            assertThat(shipping.orders("billed")).doesNotContain("unbilled");
        } finally {
            listeners.start(id);
        }
        drain.await();
        assertThat(shipping.orders("billed")).contains("unbilled");
    }

    @Test
    void refusesToWaitInTheTransactionThatSends() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    orders.place("own");
                    drain.await();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TestTransaction");
    }
}
