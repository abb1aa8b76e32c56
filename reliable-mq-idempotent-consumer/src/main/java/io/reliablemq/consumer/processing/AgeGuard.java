package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Keeps messages away whose dedup record may be purged already, or would be purged too early. */
final class AgeGuard {

    private final DatabaseClock clock;
    private final Duration skewMargin;

    AgeGuard(DatabaseClock clock, Duration skewMargin) {
        this.clock = clock;
        this.skewMargin = skewMargin;
    }

    /** Null when the age is fine or unknown. The database is asked again before a message is refused. */
    @Nullable
    DeadLetterReason check(ReceivedMessage message, Duration window) {
        long stamp = Math.max(message.createdAtMs(), message.deliverAtMs());
        if (stamp <= 0 || verdict(stamp, clock.now(), window) == null) {
            return null;
        }
        return verdict(stamp, clock.read(), window);
    }

    private @Nullable DeadLetterReason verdict(long stamp, long now, Duration window) {
        if (now - stamp > window.toMillis()) {
            return DeadLetterReason.TOO_OLD;
        }
        return stamp - now > skewMargin.toMillis() ? DeadLetterReason.IN_FUTURE : null;
    }
}
