package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OvertakingTests {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    private final Overtaking overtaking = new Overtaking();

    @Test
    void readsARowThatWaitsAgainAlthoughOthersAreAskedAboutAllTheTime() {
        overtaking.asked(0, 0);
        overtaking.wait(row());
        assertThat(overtaking.nextDue(MILLISECOND)).isPositive();

        for (int i = 1; i <= 20; i++) {
            overtaking.asked(i * MILLISECOND, i * MILLISECOND);
        }

        assertThat(overtaking.nextDue(20 * MILLISECOND)).isNegative();
    }

    @Test
    void restsAfterAQuestionThatWasNotCheap() {
        overtaking.asked(0, 0);
        overtaking.wait(row());

        overtaking.asked(MILLISECOND, 101 * MILLISECOND);

        assertThat(overtaking.nextDue(400 * MILLISECOND)).isPositive();
        assertThat(overtaking.nextDue(510 * MILLISECOND)).isNegative();
    }

    private static OutboxRow row() {
        UUID id = UUID.randomUUID();
        return new OutboxRow(
                new RowRef(0, 1, id),
                new OutgoingMessage(id, "topic", null, null, "key", "text/plain", new byte[0], Map.of(), 1, 0));
    }
}
