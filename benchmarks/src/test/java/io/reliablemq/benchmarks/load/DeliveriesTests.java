package io.reliablemq.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeliveriesTests {

    private static final int ROWS = 2 * Keys.COUNT;

    private final Answers atOnce = new Answers(Duration.ZERO);
    private final Deliveries deliveries = new Deliveries(ROWS, true, atOnce);

    @Test
    void acceptEachMessageOnceInTheOrderOfItsKey() {
        // the keys may overtake each other
        for (int key = Keys.COUNT - 1; key >= 0; key--) {
            deliveries.send(key);
            deliveries.send(key + Keys.COUNT);
        }

        assertThatCode(deliveries::verify).doesNotThrowAnyException();
    }

    @Test
    void rejectARunThatLostAMessage() {
        IntStream.range(0, ROWS).filter(number -> number != 5).forEach(deliveries::send);

        assertThatIllegalStateException()
                .isThrownBy(deliveries::verify)
                .withMessageContaining("Of 200 messages 199 were sent, 0 of them more than once");
    }

    @Test
    void rejectARunThatSentAMessageTwice() {
        IntStream.range(0, ROWS).forEach(deliveries::send);
        deliveries.send(ROWS - 1);

        assertThatIllegalStateException()
                .isThrownBy(deliveries::verify)
                .withMessageContaining("200 were sent, 1 of them more than once");
    }

    @Test
    void rejectARunInWhichAMessageOvertookAnotherOneOfItsKey() {
        deliveries.send(Keys.COUNT);
        IntStream.range(0, ROWS).filter(number -> number != Keys.COUNT).forEach(deliveries::send);

        assertThatIllegalStateException()
                .isThrownBy(deliveries::verify)
                .withMessageContaining("1 came after a later one");
    }
}
