package io.reliablemq.broker.embedded;

/** The kind of message a topic takes; RocketMQ refuses every other kind at the proxy. */
public enum TopicType {
    /** Messages without order. */
    NORMAL,
    /** Messages in order per message group. */
    FIFO,
    /** Messages that become visible at a given time. */
    DELAY,
    /** Half messages that a transaction commits or rolls back. */
    TRANSACTION
}
