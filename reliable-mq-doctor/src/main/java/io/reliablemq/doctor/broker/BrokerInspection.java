package io.reliablemq.doctor.broker;

import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.BrokerFacts.Replica;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import io.reliablemq.doctor.facts.GroupFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks one broker. */
final class BrokerInspection {

    /** All that the rules read: a broker's configuration holds passwords, too. */
    private static final Set<String> READ = Set.of(
            "flushDiskType",
            "transientStorePoolEnable",
            "cleanFileForciblyEnable",
            "warmMapedFileEnable",
            "timerEnableRetryUntilSuccess",
            "autoCreateTopicEnable",
            "autoCreateSubscriptionGroup",
            "popConsumerKVServiceEnable",
            "fileReservedTime",
            "deleteWhen",
            "diskMaxUsedSpaceRatio",
            "diskSpaceWarningLevelRatio",
            "brokerRole",
            "enableControllerMode",
            "allAckInSyncStateSet",
            "inSyncReplicas",
            "minInSyncReplicas",
            "enableAutoInSyncReplicas",
            "slaveTimeout");

    /** Far more than a broker can serve. */
    private static final int MOST_QUEUES = 65_536;

    private static final int MOST_REPEATS = 5;
    private static final Duration PAUSE = Duration.ofMillis(300);

    static final String LOOK = "Look at the broker's log";

    private final RemotingConnection connection;

    BrokerInspection(RemotingConnection connection) {
        this.connection = connection;
    }

    State state() throws IOException {
        Map<String, String> settings = new HashMap<>(connection
                .call(Question.BROKER_CONFIG, Map.of())
                .orFail("the question for its configuration")
                .properties());
        settings.keySet().retainAll(READ);
        Map<String, @Nullable Object> runtime = runtime();
        return new State(
                settings,
                Json.asText(runtime.get("brokerVersionDesc"))
                        .replaceFirst("^V", "")
                        .replace('_', '.'),
                diskUsed(runtime),
                replicas());
    }

    Map<String, @Nullable Object> runtime() throws IOException {
        return Json.asObject(
                runtimeInfo().orFail("the question for its state").json().get("table"));
    }

    static double diskUsed(Map<String, @Nullable Object> runtime) {
        return Math.max(
                ratio(Json.asText(runtime.get("commitLogDiskRatio"))),
                ratio(Json.asText(runtime.get("consumeQueueDiskRatio"))));
    }

    /** A broker that has just started fails it until it has counted for a second (StoreStatsService has nothing to look back at). */
    private Reply runtimeInfo() throws IOException {
        Reply reply = connection.call(Question.BROKER_RUNTIME_INFO, Map.of());
        for (int again = 0; again < MOST_REPEATS && reply.isUncounted(); again++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            reply = connection.call(Question.BROKER_RUNTIME_INFO, Map.of());
        }
        return reply;
    }

    private static double ratio(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    Answer<List<Replica>> replicas() throws IOException {
        Reply reply = connection.call(Question.HA_STATUS, Map.of());
        if (reply.code() != Reply.SUCCESS) {
            return new Unknown<>("the broker says nothing about its replicas: " + reply.remark(), LOOK);
        }
        List<Replica> replicas = new ArrayList<>();
        for (@Nullable Object connected : Json.asList(reply.json().get("haConnectionInfo"))) {
            Map<String, @Nullable Object> replica = Json.asObject(connected);
            replicas.add(new Replica(Json.asText(replica.get("addr")), number(replica.get("diff"))));
        }
        return new Known<>(replicas);
    }

    Answer<Optional<String>> typeOf(String topic) throws IOException {
        Reply reply = connection.call(Question.TOPIC_CONFIG, Map.of("topic", topic));
        if (reply.code() == Reply.TOPIC_NOT_EXIST) {
            return new Known<>(Optional.empty());
        }
        if (reply.code() != Reply.SUCCESS) {
            return new Unknown<>("the broker says nothing about it: " + reply.remark(), LOOK);
        }
        String type = Json.asText(Json.asObject(reply.json().get("attributes")).get("message.type"));
        return new Known<>(Optional.of(type.isEmpty() ? "NORMAL" : type));
    }

    /** @param state of this broker */
    Answer<Optional<GroupFacts.State>> groupOf(ListenerFacts listener, State state) throws IOException {
        boolean asking = state.setting("autoCreateSubscriptionGroup").equals("false");
        Reply reply = asking
                ? connection.call(Question.GROUP_CONFIG, Map.of("group", listener.group()))
                : connection.call(Question.ALL_GROUPS, Map.of());
        if (reply.code() == Reply.GROUP_NOT_EXIST) {
            return new Known<>(Optional.empty());
        }
        if (reply.code() != Reply.SUCCESS) {
            return new Unknown<>("the broker says nothing about it: " + reply.remark(), LOOK);
        }
        Map<String, @Nullable Object> group = reply.json();
        if (!asking) {
            Map<String, @Nullable Object> groups = Json.asObject(group.get("subscriptionGroupTable"));
            if (!groups.containsKey(listener.group())) {
                return new Known<>(Optional.empty());
            }
            group = Json.asObject(groups.get(listener.group()));
        }
        return new Known<>(Optional.of(group(listener, group)));
    }

    private GroupFacts.State group(ListenerFacts listener, Map<String, @Nullable Object> group) throws IOException {
        int queues = queuesOf(listener.topic());
        return new GroupFacts.State(
                Boolean.TRUE.equals(group.get("consumeMessageOrderly")),
                (int) number(group.get("retryMaxTimes")),
                queues,
                withoutPosition(listener, queues));
    }

    private int queuesOf(String topic) throws IOException {
        Reply reply = connection.call(Question.TOPIC_CONFIG, Map.of("topic", topic));
        return reply.code() == Reply.SUCCESS ? queues(reply.json().get("readQueueNums")) : 0;
    }

    private int withoutPosition(ListenerFacts listener, int queues) throws IOException {
        int without = 0;
        for (int queue = 0; queue < queues; queue++) {
            Map<String, String> fields = Map.of(
                    "consumerGroup", listener.group(),
                    "topic", listener.topic(),
                    "queueId", String.valueOf(queue),
                    "setZeroIfNotFound", "false");
            if (connection.call(Question.CONSUMER_OFFSET, fields).code() == Reply.QUERY_NOT_FOUND) {
                without++;
            }
        }
        return without;
    }

    /** A request is made for each of them, so it must not be any number that somebody answers. */
    static int queues(@Nullable Object value) throws IOException {
        long queues = number(value);
        if (queues < 0 || queues > MOST_QUEUES) {
            throw new IOException("the broker answers '" + queues + "' where a number of queues belongs");
        }
        return (int) queues;
    }

    static long number(@Nullable Object value) throws IOException {
        try {
            return Long.parseLong(Json.asText(value));
        } catch (NumberFormatException e) {
            throw new IOException("the broker answers '" + Json.asText(value) + "' where a number belongs", e);
        }
    }
}
