package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps messages away whose dedup record may be purged already, or would be purged too early. */
final class AgeGuard {

    private final Function<String, DatabaseClock> clockOfGroup;
    private final Duration skewMargin;
    private final Map<String, DatabaseClock> clocks = new ConcurrentHashMap<>();

    AgeGuard(Function<String, DatabaseClock> clockOfGroup, Duration skewMargin) {
        this.clockOfGroup = clockOfGroup;
        this.skewMargin = skewMargin;
    }

    /**
     * @param reason why the message is to be kept away, null when its age is fine or unknown
     * @param problem for whoever reads the dead letter
     */
    record Verdict(DatabaseClock.Moment asOf, @Nullable DeadLetterReason reason, String problem) {

        private static Verdict fine(DatabaseClock.Moment asOf) {
            return new Verdict(asOf, null, "");
        }
    }

    /** The database is asked again before a message is refused. */
    Verdict check(ReceivedMessage message, String group, Duration window) {
        DatabaseClock clock = clocks.computeIfAbsent(group, clockOfGroup);
        long stamp = Math.max(message.createdAtMs(), message.deliverAtMs());
        Verdict verdict = verdict(stamp, clock.now(), window);
        return verdict.reason() == null ? verdict : verdict(stamp, clock.read(), window);
    }

    private Verdict verdict(long stamp, DatabaseClock.Moment moment, Duration window) {
        if (stamp <= 0) {
            return Verdict.fine(moment);
        }
        if (moment.nowMs() - stamp > window.toMillis()) {
            return new Verdict(
                    moment,
                    DeadLetterReason.TOO_OLD,
                    "The message is older than the dedup window of " + window
                            + ": replay it when you know that it was never handled");
        }
        if (stamp - skewMargin.toMillis() < moment.forgetsBefore()) {
            return new Verdict(
                    moment,
                    DeadLetterReason.TOO_OLD,
                    "The message is within the dedup window of " + window
                            + ", but the window was shorter lately, here or in another process, and its record may have been"
                            + " deleted: replay it when you know that it was never handled");
        }
        if (stamp - moment.nowMs() > skewMargin.toMillis()) {
            return new Verdict(
                    moment,
                    DeadLetterReason.IN_FUTURE,
                    "The message is stamped in the future: check the producer's clock, then replay it");
        }
        return Verdict.fine(moment);
    }
}
