package io.reliablemq.autoconfigure;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** What examinations and comparisons find, as events; those of messages are of the two cores. */
enum LogEvent {
    DOCTOR_FAIL(Level.ERROR),
    DOCTOR_WARN(Level.WARN),
    DOCTOR_UNKNOWN(Level.WARN),
    DOCTOR_OK(Level.INFO),
    RECONCILIATION_GAP(Level.ERROR),
    RECONCILIATION_VERDICT(Level.INFO),
    RECONCILIATION_FAILED(Level.WARN);

    private final Level level;

    LogEvent(Level level) {
        this.level = level;
    }

    String event() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    Level level() {
        return level;
    }

    LoggingEventBuilder on(Logger log) {
        return log.atLevel(level).addKeyValue("reliablemq.event", event());
    }
}
