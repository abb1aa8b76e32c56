package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import java.time.Duration;

/**
 * The shortest dedup window in which a message can take all its attempts. What is older than the window is quarantined, so a shorter one would
 * never apply a message twice, but set aside messages that are still being retried:
 *
 * <pre>
 *   how long the broker keeps it      (its retention, where it is known)
 * + how long its attempts take        (maxAttempts times the invisible time: each may end in a process that dies)
 * + the pauses between them           (the sum of maxAttempts - 1 delays, each at its longest)
 * + how far clocks may differ         (the skew margin)
 * </pre>
 *
 * @param retention zero when unknown
 */
record LeastDedupWindow(Duration retention, Duration attempts, Duration pauses, Duration skew) {

    static LeastDedupWindow of(ListenerPolicy policy, ConsumerSettings settings, Duration retention) {
        int attempts = policy.retry().maxAttempts();
        return new LeastDedupWindow(
                retention, settings.invisible().multipliedBy(attempts), pauses(policy.retry()), settings.skewMargin());
    }

    /** Ends early where the delays have reached their bound: a policy may have millions of attempts. */
    private static Duration pauses(RetryPolicy retry) {
        Duration sum = Duration.ZERO;
        for (int failures = 1; failures < retry.maxAttempts(); failures++) {
            Duration longest = retry.longestDelayAfter(failures);
            if (longest.equals(retry.maxDelay())) {
                return sum.plus(longest.multipliedBy(retry.maxAttempts() - (long) failures));
            }
            sum = sum.plus(longest);
        }
        return sum;
    }

    Duration sum() {
        return retention.plus(attempts).plus(pauses).plus(skew);
    }

    /** @throws ListenerConfigurationException when the listener's window is shorter */
    void require(ListenerEndpoint endpoint) {
        Duration window = endpoint.policy().dedupWindow();
        if (window.compareTo(sum()) < 0) {
            throw new ListenerConfigurationException("The dedup window of " + endpoint + " is " + window
                    + ", which is shorter than the " + sum() + " that a message may need: the broker's retention "
                    + (retention.isZero() ? "(unknown)" : retention) + ", attempts " + attempts
                    + ", pauses between them "
                    + pauses + ", clock skew " + skew
                    + ". Messages that are still being retried would be quarantined: give it a longer window, or"
                    + " fewer attempts or shorter delays");
        }
    }
}
