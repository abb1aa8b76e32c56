package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.DirectSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Messages with mode DIRECT, which go past the outbox.
 *
 * @param maxInFlight Largest number of messages on their way. One more is lost, or refused outside of a transaction.
 * @param maxBytes Largest size of the messages on their way.
 * @param maxAttempts Number of times that a message is sent while its outcome is unknown.
 * @param timeout Time after which no further attempt begins.
 * @param retryInitial First pause before a message whose outcome is unknown is sent again.
 * @param retryMax Longest pause before a message whose outcome is unknown is sent again.
 * @param shutdownTimeout Time for messages on their way to get an answer when the application stops.
 */
@ConfigurationProperties("reliable-mq.direct")
record DirectProperties(
        @DefaultValue("2048") int maxInFlight,
        @DefaultValue("32MB") DataSize maxBytes,
        @DefaultValue("3") int maxAttempts,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("200ms") Duration retryInitial,
        @DefaultValue("2s") Duration retryMax,
        @DefaultValue("5s") Duration shutdownTimeout) {

    /** @throws ReliableMqConfigurationException naming the property */
    DirectSettings settings() {
        try {
            return new DirectSettings(
                    maxInFlight, maxBytes.toBytes(), maxAttempts, timeout, backoff(), shutdownTimeout);
        } catch (IllegalArgumentException e) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.direct." + e.getMessage(), "Correct the property reliable-mq.direct.*");
        }
    }

    private Backoff backoff() {
        if (retryInitial.isNegative() || retryInitial.isZero() || retryMax.compareTo(retryInitial) < 0) {
            throw new IllegalArgumentException("retry-initial is " + retryInitial
                    + " and reliable-mq.direct.retry-max is " + retryMax + ": set 0 < retry-initial <= retry-max");
        }
        return new Backoff(retryInitial, retryMax);
    }
}
