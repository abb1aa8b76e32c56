package io.reliablemq.doctor.broker;

/**
 * What can be asked in the remoting protocol; none of it changes anything, but for {@link #GROUP_CONFIG}, which creates the group where the broker has
 * {@code autoCreateSubscriptionGroup=true}, and is not asked there.
 */
final class Question {

    static final int MESSAGES_OF_A_KEY = 12;
    static final int CONSUMER_OFFSET = 14;
    static final int BROKER_CONFIG = 26;
    static final int BROKER_RUNTIME_INFO = 28;
    static final int MAX_OFFSET = 30;
    static final int MIN_OFFSET = 31;
    static final int ROUTE_OF_A_TOPIC = 105;
    static final int CLUSTER_INFO = 106;
    static final int ALL_GROUPS = 201;
    static final int TOPIC_CONFIG = 351;
    static final int GROUP_CONFIG = 352;
    static final int HA_STATUS = 907;

    private Question() {}
}
