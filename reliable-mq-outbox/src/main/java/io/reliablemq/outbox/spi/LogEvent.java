package io.reliablemq.outbox.spi;

import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What matters to whether a message of the outbox gets to the broker: one line in the log, with fields where logging is structured. Names and levels are in
 * docs/observing.md, and stay. Neither payloads nor values of headers are in any of them. <b>Thread</b>: any.
 */
public enum LogEvent {
    /** Committed with the business transaction. */
    MESSAGE_WRITTEN("message.written", Level.DEBUG),
    /** The broker has it. */
    MESSAGE_STORED("message.stored", Level.DEBUG),
    /** An attempt has no answer that says stored or refused; there will be another. */
    SEND_UNKNOWN("send.unknown", Level.DEBUG),
    /** The broker turns messages of the topic away for a while. */
    TOPIC_BUSY("topic.busy", Level.WARN),
    /** A topic takes no messages. */
    TOPIC_OUTAGE("topic.outage", Level.WARN),
    /** It does again. */
    TOPIC_RECOVERED("topic.recovered", Level.INFO),
    /** The broker refuses them, or an earlier one of their key. */
    MESSAGES_PARKED("messages.parked", Level.ERROR),
    /** This process relays another number of lanes than before. */
    LANES_OWNED("lanes.owned", Level.INFO),
    /** This process has taken the lanes from a silent one. */
    LANES_FREED("lanes.freed", Level.WARN),
    /** Another process has taken the lanes from this one. */
    LANES_LOST("lanes.lost", Level.WARN),
    /** The database did not answer the heartbeat. */
    LEASE_NOT_RENEWED("lease.not.renewed", Level.WARN),
    /** The relay does not get on, and gives its lanes to others. */
    RELAY_STANDS("relay.stands", Level.ERROR),
    /** Messages past the outbox were given up. */
    DIRECT_LOST("direct.lost", Level.WARN),
    /** A transaction manager has committed without its listeners: messages are lost. */
    COMMIT_UNTOLD("commit.untold", Level.ERROR),
    /** Sent messages whose retention is over. */
    ARCHIVE_PURGED("archive.purged", Level.DEBUG),
    /** An operator has released, edited, skipped or replayed messages, or changed the lanes. */
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
