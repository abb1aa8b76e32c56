package io.reliablemq.rocketmq.remoting;

/** What becomes of an ordering key whose queue cannot be written any more. */
public enum QueueChange {
    /**
     * Its messages wait until the queue is back. The queues are those of the topic's order configuration ({@code mqadmin updateOrderConf}),
     * where there is one. Else they are those that this process has seen: of a broker that was gone from the name servers already when
     * it first sent an ordered message to the topic it knows nothing, and its keys go to other queues until it is back. Queues that
     * are added are used at once; the keys of queues that are taken away for good wait until the process is started again.
     */
    STRICT,
    /**
     * It moves to a queue that can be written, when nothing of it is in flight. What consumers have not taken from the old queue by then
     * may come after what is sent to the new one.
     */
    AVAILABLE
}
