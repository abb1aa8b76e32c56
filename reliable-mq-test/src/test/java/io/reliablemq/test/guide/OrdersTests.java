package io.reliablemq.test.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.spring.Drain;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
@EmbeddedRocketMq(topics = {"orders", "shipments"})
class OrdersTests {

    @Autowired
    Orders orders;

    @Autowired
    Warehouse warehouse;

    @Autowired
    Drain drain;

    @Test
    void anOrderIsShipped() {
        orders.place("o-1");

        drain.await();

        assertThat(warehouse.shipped("o-1")).isTrue();
    }
}
