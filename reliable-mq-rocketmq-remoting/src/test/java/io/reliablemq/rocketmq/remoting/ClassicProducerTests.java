package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.junit.jupiter.api.Test;

class ClassicProducerTests {

    /** An outcome has to speak of one request, and what goes again to another broker leaves its order. */
    @Test
    void leavesRetriesToTheRelay() {
        DefaultMQProducer producer = new ClassicProducer(RemotingSettings.at("127.0.0.1:9876")).configured();

        assertThat(producer.getRetryTimesWhenSendFailed()).isZero();
        assertThat(producer.getRetryTimesWhenSendAsyncFailed()).isZero();
        assertThat(producer.isRetryAnotherBrokerWhenNotStoreOK()).isFalse();
    }
}
