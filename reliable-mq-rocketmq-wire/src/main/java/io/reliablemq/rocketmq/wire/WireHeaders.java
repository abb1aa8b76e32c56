package io.reliablemq.rocketmq.wire;

import java.util.Set;

/**
 * The user properties that a message carries besides the application's headers. For consumers in other languages:
 *
 * <table>
 * <caption>Properties</caption>
 * <tr><td>{@code reliablemq_id}</td><td>the message id, a UUID, equal on every resend: the key to deduplicate on. Also the first
 * message key. RocketMQ's own message id differs between resends.</td></tr>
 * <tr><td>{@code reliablemq_created_at}</td><td>when it was written, milliseconds since 1970-01-01T00:00Z</td></tr>
 * <tr><td>{@code reliablemq_content_type}</td><td>media type of the body</td></tr>
 * <tr><td>{@code reliablemq_due_at}</td><td>only with a delay: not to be delivered before, in the same milliseconds</td></tr>
 * <tr><td>{@code reliablemq_key}</td><td>only when the business key contains a blank, because RocketMQ splits its message keys
 * there; otherwise the business key is the second message key</td></tr>
 * </table>
 *
 * <p>The tag, the message group (the ordering key) and the delivery time are RocketMQ's own fields. All names are legal in an
 * SQL-92 filter.
 */
public final class WireHeaders {

    /** Reserved as a whole, for later releases. */
    public static final String PREFIX = "reliablemq_";

    public static final String ID = PREFIX + "id";
    public static final String CREATED_AT = PREFIX + "created_at";
    public static final String CONTENT_TYPE = PREFIX + "content_type";
    public static final String DUE_AT = PREFIX + "due_at";
    public static final String KEY = PREFIX + "key";

    /**
     * Property names that RocketMQ 5.5.0 uses itself ({@code MessageConst}). The proxy refuses most of them; the rest would
     * change what the broker does with the message, so they are refused too.
     */
    private static final Set<String> ROCKETMQ = Set.of(
            "1ST_POP_TIME",
            "ARRIVE_TIME",
            "BORN_TIMESTAMP",
            "BUYER_ID",
            "CHECK_IMMUNITY_TIME_IN_SECONDS",
            "CLUSTER",
            "CONSUME_START_TIME",
            "CORRECTION_FLAG",
            "CORRELATION_ID",
            "DELAY",
            "DLQ_ORIGIN_MESSAGE_ID",
            "DLQ_ORIGIN_TOPIC",
            "DUP_INFO",
            "EXTEND_UNIQ_INFO",
            "INNER_BASE",
            "INNER_MULTI_DISPATCH",
            "INNER_MULTI_QUEUE_OFFSET",
            "INNER_NUM",
            "INSTANCE_ID",
            "KEYS",
            "MAX_OFFSET",
            "MAX_RECONSUME_TIMES",
            "MIN_OFFSET",
            "MQ2_FLAG",
            "MSG_REGION",
            "MSG_TYPE",
            "ORIGIN_GROUP",
            "ORIGIN_MESSAGE_ID",
            "PGROUP",
            "POP_CK",
            "POP_CK_OFFSET",
            "PROPERTY_FORWARD_QUEUE_ID",
            "PUSH_REPLY_TIME",
            "REAL_QID",
            "REAL_TOPIC",
            "RECONSUME_TIME",
            "REDIRECT",
            "REPLY_TO_CLIENT",
            "RETRY_TOPIC",
            "TAGS",
            "TIMER_DELAY_LEVEL",
            "TIMER_DELAY_MS",
            "TIMER_DELAY_SEC",
            "TIMER_DELIVER_MS",
            "TIMER_DEL_UNIQKEY",
            "TIMER_DEQUEUE_MS",
            "TIMER_ENQUEUE_MS",
            "TIMER_OUT_MS",
            "TIMER_ROLL_LABEL",
            "TIMER_ROLL_TIMES",
            "TRACE_CONTEXT",
            "TRACE_ON",
            "TRANSACTION_CHECK_TIMES",
            "TRANSFER_FLAG",
            "TRANS_OFFSET",
            "TRAN_MSG",
            "TRAN_PREPARED_QUEUE_OFFSET",
            "TTL",
            "UNIQ_KEY",
            "WAIT",
            "_SYS_MSG_PRIORITY_",
            "__BORNHOST",
            "__CRC32#",
            "__LITE_TOPIC",
            "__SHARDINGKEY",
            "__transactionId__");

    /** Not stored by the broker. */
    private static final String TRANSIENT_PREFIX = "__RMQ.TRANSIENT.";

    private WireHeaders() {}

    public static boolean isOurs(String name) {
        return name.startsWith(PREFIX);
    }

    public static boolean isRocketMqs(String name) {
        return ROCKETMQ.contains(name) || name.startsWith(TRANSIENT_PREFIX);
    }
}
