package io.reliablemq.consumer.spi;

import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What matters to whether a received message has its effect, once: one line in the log, with fields where logging is structured. Names and levels are in
 * docs/observing.md, and stay. Neither payloads nor values of headers are in any of them. <b>Thread</b>: any.
 */
public enum LogEvent {
    /** Its effect is committed. */
    MESSAGE_APPLIED("message.applied", Level.DEBUG),
    /** It was applied, or given up, before: only acknowledged. */
    MESSAGE_DUPLICATE("message.duplicate", Level.DEBUG),
    /** An attempt has failed and is counted; it comes again. */
    MESSAGE_FAILED("message.failed", Level.WARN),
    /** The same, with an Error instead of an exception. */
    HANDLER_BROKEN("handler.broken", Level.ERROR),
    /** It cannot be identified and stays with the broker. */
    MESSAGE_HANDED_BACK("message.handed.back", Level.WARN),
    /** It was given up and is a dead letter. */
    MESSAGE_DEAD("message.dead", Level.WARN),
    /** It is a dead letter that no handler was asked about. */
    MESSAGE_QUARANTINED("message.quarantined", Level.WARN),
    /** It is committed and comes again, as a duplicate. */
    ACKNOWLEDGEMENT_FAILED("acknowledgement.failed", Level.WARN),
    /** A dead letter was replayed and stays open. */
    REPLAY_FAILED("replay.failed", Level.WARN),
    /** It receives. */
    LISTENER_RUNNING("listener.running", Level.INFO),
    /** The broker, or what it needs there, is away. */
    LISTENER_WAITING("listener.waiting", Level.WARN),
    /** The database is away. */
    LISTENER_PAUSED("listener.paused", Level.WARN),
    /** It has failed in a way of which nobody has thought, and goes on. */
    LISTENER_BROKEN("listener.broken", Level.ERROR),
    /** It is set up wrongly and stays away. */
    LISTENER_ENDED("listener.ended", Level.ERROR),
    /** It was stopped. */
    LISTENER_STOPPED("listener.stopped", Level.INFO),
    /** An operator has replayed, edited or discarded a dead letter, or paused or resumed a listener. */
    OPERATOR_ACTED("operator.acted", Level.INFO);

    private final String event;
    private final Level level;

    LogEvent(String event, Level level) {
        this.event = event;
        this.level = level;
    }

    /** As it stands in the field {@code reliablemq.event}. */
    public String event() {
        return event;
    }

    public Level level() {
        return level;
    }

    /** The begin of its line; costs next to nothing where the level is off. */
    public LoggingEventBuilder on(Logger log) {
        return log.atLevel(level).addKeyValue("reliablemq.event", event);
    }
}
