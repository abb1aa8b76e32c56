package io.reliablemq.consumer;

/** Names of the headers that a handler can take with {@code @Header}, besides the ones that the producer set. */
public final class ListenerHeaders {

    /** The producer's message id; absent when a foreign producer sent none. */
    public static final String MESSAGE_ID = "reliable_mq_messageId";

    public static final String TOPIC = "reliable_mq_topic";

    /** Absent when the message has no tag. */
    public static final String TAG = "reliable_mq_tag";

    /** The first business key; absent when there is none. */
    public static final String KEY = "reliable_mq_key";

    /** All business keys, a {@code List<String>}. */
    public static final String KEYS = "reliable_mq_keys";

    /** Absent when the message is not ordered. */
    public static final String ORDERING_KEY = "reliable_mq_orderingKey";

    /** An {@code Integer}: 1 for the first delivery. Counts redeliveries of every cause, so more than failures. */
    public static final String DELIVERY_ATTEMPT = "reliable_mq_deliveryAttempt";

    /** A {@code Long}: when the producer wrote the message, milliseconds since the epoch; absent when unknown. */
    public static final String CREATED_AT = "reliable_mq_createdAt";

    private ListenerHeaders() {}
}
