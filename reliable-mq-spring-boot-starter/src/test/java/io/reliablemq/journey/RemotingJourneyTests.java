package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.rocketmq.remoting.RemotingConnection;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import org.junit.jupiter.api.Test;

/** The same way, through the classic client. */
class RemotingJourneyTests extends JourneyTests {

    @Test
    void theShopUsesTheClassicClient() {
        assertThat(shop().getBean(RocketMqTransport.class)).isInstanceOf(RemotingConnection.class);
    }
}
