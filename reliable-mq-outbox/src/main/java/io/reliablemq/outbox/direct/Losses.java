package io.reliablemq.outbox.direct;

import io.reliablemq.outbox.spi.DirectObserver;
import io.reliablemq.outbox.spi.DirectObserver.Loss;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what is lost: each message to the observer, and to the log their number by topic and reason, the first at once, what
 * follows together once a minute.
 */
final class Losses {

    static final Duration EVERY = Duration.ofMinutes(1);
    private static final Logger log = LoggerFactory.getLogger(Losses.class);

    private final DirectObserver observer;
    private final Schedule schedule;
    private final Map<Cause, Tally> tallies = new HashMap<>();

    private record Cause(String topic, Loss loss) {}

    /** What is not in the log yet. */
    private static final class Tally {
        long messages;
        String lastDetail = "";
    }

    Losses(DirectObserver observer, Schedule schedule) {
        this.observer = observer;
        this.schedule = schedule;
    }

    void lost(OutgoingMessage message, Loss loss, String detail) {
        note(new Cause(message.topic(), loss), detail);
        observer.lost(message, loss, detail);
    }

    private synchronized void note(Cause cause, String detail) {
        boolean first = !tallies.containsKey(cause);
        Tally tally = tallies.computeIfAbsent(cause, c -> new Tally());
        tally.messages++;
        tally.lastDetail = detail;
        if (first) {
            report(cause, tally);
            reportAgainLater(cause);
        }
    }

    private void reportAgainLater(Cause cause) {
        try {
            schedule.after(EVERY.toNanos(), () -> minuteIsOver(cause));
        } catch (RuntimeException | Error e) {
            tallies.remove(cause);
        }
    }

    private synchronized void minuteIsOver(Cause cause) {
        Tally tally = tallies.get(cause);
        if (tally == null) {
            return;
        }
        if (tally.messages == 0) {
            tallies.remove(cause);
        } else {
            report(cause, tally);
            reportAgainLater(cause);
        }
    }

    /** What is not in the log yet, now. */
    synchronized void reportAll() {
        tallies.forEach((cause, tally) -> {
            if (tally.messages > 0) {
                report(cause, tally);
            }
        });
        tallies.clear();
    }

    private static void report(Cause cause, Tally tally) {
        LogEvent.DIRECT_LOST
                .on(log)
                .addKeyValue("reliablemq.topic", cause.topic())
                .addKeyValue("reliablemq.messages", tally.messages)
                .addKeyValue("reliablemq.reason", cause.loss().name().toLowerCase(Locale.ROOT))
                .addKeyValue("reliablemq.detail", tally.lastDetail)
                .log(
                        "Lost {} direct message(s) to topic '{}': {}{}. {}",
                        tally.messages,
                        cause.topic(),
                        cause.loss(),
                        tally.lastDetail.isEmpty() ? "" : " (" + tally.lastDetail + ")",
                        advice(cause.loss()));
        tally.messages = 0;
    }

    private static String advice(Loss loss) {
        return switch (loss) {
            case NO_ROOM ->
                "Find out why the broker is slow or away, or raise reliable-mq.direct.max-in-flight and max-bytes";
            case REFUSED -> "Correct the topic or the message";
            case UNANSWERED ->
                "The broker may have stored some of them; what must not be lost belongs into the outbox (mode OUTBOX)";
            case STOPPED -> "Raise reliable-mq.direct.shutdown-timeout if the broker was well";
            case COMMIT_UNKNOWN -> "Look for why the database did not answer the commit";
        };
    }
}
