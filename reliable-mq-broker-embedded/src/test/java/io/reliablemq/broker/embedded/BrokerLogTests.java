package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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

    /** What is in braces is no place for a value; a child's log would end its connection (seen in a build). */
    @Test
    void takesTextsWithBraces() {
        assertThatCode(() -> BrokerLog.of("test").log(System.Logger.Level.ERROR, "failed: {queueId=0}"))
                .doesNotThrowAnyException();
    }

    @Test
    void leavesOtherTextsAsTheyAre() {
        assertThat(BrokerLog.withoutPayload("flush failed, body=[1]")).isEqualTo("flush failed, body=[1]");
        assertThat(BrokerLog.withoutPayload(null)).isNull();
    }
}
