package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BrokerLogTests {

    @Test
    void leavesPayloadAndPropertiesOfMessagesOut() {
        String logged = "revive error, msg is: MessageExt [queueId=1, body=[123, 34, 115], flag=0,"
                + " properties={secret=canary, KEYS=k}, transactionId='null']";

        assertThat(BrokerLog.withoutPayload(logged))
                .isEqualTo("revive error, msg is: MessageExt [queueId=1, body=..., flag=0,"
                        + " properties=..., transactionId='null']");
    }

    @Test
    void leavesOtherTextsAsTheyAre() {
        assertThat(BrokerLog.withoutPayload("flush failed, body=[1]")).isEqualTo("flush failed, body=[1]");
        assertThat(BrokerLog.withoutPayload(null)).isNull();
    }
}
