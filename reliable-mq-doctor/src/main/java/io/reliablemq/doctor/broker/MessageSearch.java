package io.reliablemq.doctor.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks for messages at the masters of a cluster, in their index of keys. Changes nothing.
 *
 * <p><b>Thread</b>: any. <b>Errors</b>: none; of what could not be seen nothing is said.
 */
public final class MessageSearch {

    private final ClusterAddress address;
    private final Duration timeout;

    /**
     * Connects to nobody yet.
     *
     * @param timeout for each connection and each answer
     */
    public MessageSearch(ClusterAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
    }

    /**
     * Whether the brokers still have them. What was written while a broker had its index switched off is not found there.
     *
     * @param keys of the messages; each is part of its message in plain text
     * @return true for those that one of the masters has, false for those that all of them say they have not
     */
    public Map<String, Boolean> find(String topic, Collection<String> keys) {
        Set<String> found = new HashSet<>();
        boolean allAnswered = true;
        try {
            for (BrokerAddress broker : new NameServer(address, timeout).brokers()) {
                allAnswered &= !broker.isMaster() || find(broker, topic, keys, found);
            }
        } catch (IOException e) {
            allAnswered = false;
        }
        Map<String, Boolean> known = new HashMap<>();
        for (String key : keys) {
            if (allAnswered || found.contains(key)) {
                known.put(key, found.contains(key));
            }
        }
        return known;
    }

    /** Answers whether the broker has told of all of them. */
    private boolean find(BrokerAddress broker, String topic, Collection<String> keys, Set<String> found) {
        try (RemotingConnection connection = new RemotingConnection(broker.address(), timeout)) {
            if (!indexes(connection)) {
                return false;
            }
            for (String key : keys) {
                if (has(connection, topic, key)) {
                    found.add(key);
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Without an index a broker finds nothing, whatever it has. */
    private static boolean indexes(RemotingConnection connection) throws IOException {
        return "true"
                .equals(connection
                        .call(Question.BROKER_CONFIG, Map.of())
                        .orFail("the question for its configuration")
                        .properties()
                        .get("messageIndexEnable"));
    }

    /** The index knows hashes of keys only: what it finds may be another message. */
    private static boolean has(RemotingConnection connection, String topic, String key) throws IOException {
        Reply reply = connection.call(
                Question.MESSAGES_OF_A_KEY,
                Map.of(
                        "topic",
                        topic,
                        "key",
                        key,
                        "maxNum",
                        "32",
                        "beginTimestamp",
                        "0",
                        "endTimestamp",
                        String.valueOf(Long.MAX_VALUE)));
        return reply.code() != Reply.QUERY_NOT_FOUND
                && reply.orFail("the question for a message").body().contains(key);
    }
}
