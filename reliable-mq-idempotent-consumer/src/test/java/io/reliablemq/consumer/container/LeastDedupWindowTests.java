package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a message may take for all its attempts. */
class LeastDedupWindowTests {

    private static LeastDedupWindow of(RetryPolicy retry, Duration retention) {
        ConsumerSettings settings = ConsumerSettings.defaults();
        ListenerPolicy policy = new ListenerPolicy(1, 1, true, false, settings.dedupWindow(), retry, List.of());
        return LeastDedupWindow.of(policy, settings, retention);
    }

    @Test
    void spansAttemptsPausesAndSkew() {
        LeastDedupWindow least =
                of(new RetryPolicy(4, Duration.ofSeconds(10), 3, Duration.ofMinutes(1)), Duration.ZERO);

        // 10 s and 30 s, each a fifth longer, and one of 60 s, which is not exceeded
        assertThat(least.pauses()).isEqualTo(Duration.ofSeconds(12 + 36 + 60));
        assertThat(least.attempts()).isEqualTo(Duration.ofMinutes(4));
        assertThat(least.sum()).isEqualTo(Duration.ofSeconds(108 + 240 + 3600));
    }

    @Test
    void spansTheBrokersRetentionWhereItIsKnown() {
        RetryPolicy once = new RetryPolicy(1, Duration.ofSeconds(1), 1, Duration.ofSeconds(1));

        assertThat(of(once, Duration.ofHours(72)).sum())
                .isEqualTo(Duration.ofHours(73).plusMinutes(1));
    }

    @Test
    void isSoonKnownForAnyNumberOfAttempts() {
        RetryPolicy many = new RetryPolicy(Integer.MAX_VALUE, Duration.ofMillis(1), 2, Duration.ofSeconds(1));

        assertThat(of(many, Duration.ZERO).pauses()).isGreaterThan(Duration.ofDays(20_000));
    }

    @Test
    void isEnoughAndAnythingLessIsNot() {
        LeastDedupWindow least = of(RetryPolicy.defaults(), Duration.ZERO);

        least.require(endpoint(least.sum()));
        assertThatThrownBy(() -> least.require(endpoint(least.sum().minusMillis(1))))
                .isInstanceOf(ListenerConfigurationException.class);
    }

    private static ListenerEndpoint endpoint(Duration window) {
        return new ListenerEndpoint(
                "listener",
                "test",
                new Subscription("orders", "group", "*", false, false),
                new ListenerPolicy(1, 1, true, false, window, RetryPolicy.defaults(), List.of()),
                message -> {
                    throw new IllegalStateException("nothing is handled");
                });
    }

    @Test
    void isFarBelowTheDefaultWindowByDefault() {
        assertThat(of(RetryPolicy.defaults(), Duration.ZERO).sum()).isLessThan(Duration.ofHours(3));
    }
}
