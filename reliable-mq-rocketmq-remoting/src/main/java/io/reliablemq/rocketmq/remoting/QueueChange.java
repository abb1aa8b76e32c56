package io.reliablemq.rocketmq.remoting;

/** What becomes of an ordering key whose queue cannot be written any more. */
public enum QueueChange {
    /**
     * Its messages wait until the queue is back. The queues are those that the topic had when this process first sent an ordered message
     * to it; queues that are added are used at once.
     */
    STRICT,
    /**
     * It moves to a queue that can be written, when nothing of it is in flight. What consumers have not taken from the old queue by then
     * may come after what is sent to the new one.
     */
    AVAILABLE
}
