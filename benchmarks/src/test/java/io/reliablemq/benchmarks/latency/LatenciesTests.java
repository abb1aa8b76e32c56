package io.reliablemq.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.reliablemq.benchmarks.load.Keys;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTests {

    private static final int MESSAGES = 2 * Keys.COUNT;

    private final Latencies latencies = new Latencies(MESSAGES);

    @Test
    void areCompleteWhenEachMessageHasArrivedOnceInTheOrderOfItsKey() throws Exception {
        committed();
        for (int key = Keys.COUNT - 1; key >= 0; key--) {
            latencies.arrived(key);
            latencies.arrived(key + Keys.COUNT);
        }

        latencies.await(Duration.ZERO);
        assertThatCode(() -> latencies.verify(true)).doesNotThrowAnyException();
        assertThat(latencies.percentile(0.5)).isPositive().isLessThanOrEqualTo(latencies.percentile(0.99));
    }

    @Test
    void doNotWaitForeverForALostMessageAndTellWhyItWasLost() {
        IntStream.range(1, MESSAGES).forEach(latencies::arrived);
        IllegalArgumentException reason = new IllegalArgumentException("refused");
        latencies.failed(reason);

        assertThatIllegalStateException()
                .isThrownBy(() -> latencies.await(Duration.ZERO))
                .withMessageContaining("1 of 200")
                .withCause(reason);
    }

    @Test
    void rejectAMessageThatArrivedTwice() {
        committed();
        IntStream.range(0, MESSAGES).forEach(latencies::arrived);
        latencies.arrived(3);

        assertThatIllegalStateException()
                .isThrownBy(() -> latencies.verify(false))
                .withMessageContaining("Message 3 arrived 2 times");
    }

    @Test
    void rejectAMessageThatOvertookAnotherOneOfItsKeyWhereOrderIsPromised() {
        committed();
        latencies.arrived(Keys.COUNT + 3);
        IntStream.range(0, MESSAGES).filter(number -> number != Keys.COUNT + 3).forEach(latencies::arrived);

        assertThatCode(() -> latencies.verify(false)).doesNotThrowAnyException();
        assertThatIllegalStateException()
                .isThrownBy(() -> latencies.verify(true))
                .withMessageContaining("Message 103 arrived before message 3");
    }

    private void committed() {
        IntStream.range(0, MESSAGES).forEach(latencies::committed);
    }
}
