package io.reliablemq.test.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.faults.Failpoint;
import io.reliablemq.faults.Failpoints;
import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.spring.Drain;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(properties = "reliable-mq.failpoints.enabled=true")
@EmbeddedRocketMq(topics = {"orders", "shipments"})
class FailuresTests {

    @Autowired
    Failpoints failpoints;

    @Autowired
    Orders orders;

    @Autowired
    Warehouse warehouse;

    @Autowired
    Drain drain;

    @AfterEach
    void nothingFailsAnyMore() {
        failpoints.clear();
    }

    @Test
    void anOrderIsShippedOnceAlthoughTheBrokersAnswerIsLost() {
        failpoints.fail(Failpoint.AFTER_SEND, 1);

        orders.place("o-4");
        drain.await();

        assertThat(failpoints.passed(Failpoint.BEFORE_SEND)).isGreaterThan(1);
        assertThat(warehouse.timesShipped("o-4")).isEqualTo(1);
    }

    @Test
    void anOrderIsNotShippedBeforeItsTransactionHasCommitted() throws Exception {
        try (Failpoints.Held commit = failpoints.hold(Failpoint.BEFORE_OUTBOX_COMMIT)) {
            Thread customer = new Thread(() -> orders.place("o-5"));
            customer.start();
            commit.awaitReached(Duration.ofSeconds(10));

            drain.await();
            assertThat(warehouse.shipped("o-5")).isFalse();

            commit.close();
            customer.join();
        }
        drain.await();
        assertThat(warehouse.shipped("o-5")).isTrue();
    }
}
