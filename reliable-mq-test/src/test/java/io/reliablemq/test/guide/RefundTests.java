package io.reliablemq.test.guide;

import static io.reliablemq.test.spring.OutboxAssertions.assertThat;

import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.spring.OutboxRecords;
import io.reliablemq.test.spring.OutboxRecords.Written;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
@EmbeddedRocketMq(
        topics = {"orders", "shipments"},
        namespace = "shop")
class RefundTests {

    @Autowired
    Orders orders;

    @Autowired
    OutboxRecords outbox;

    @Test
    void anOrderIsAnnounced() {
        Written written = outbox.writtenBy(() -> orders.place("o-2"));

        assertThat(written).toTopic("orders").hasKeys("o-2").wereSent();
    }
}
