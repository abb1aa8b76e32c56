package io.reliablemq.rocketmq.remoting;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jspecify.annotations.Nullable;

/**
 * Where a topic is.
 *
 * @param topic as the application names it
 * @param declared queues that there should be: those of the order configuration, else those of the brokers that are known, in the same
 *     order
 * @param writable those of them that have a master and may be written, in the order in which a proxy would count them
 * @param readable addresses of brokers that may be read, masters if there are any, by the broker's name
 */
record TopicRoute(
        String topic, List<MessageQueue> declared, List<MessageQueue> writable, Map<String, String> readable) {

    /** Some queues of a broker. */
    private record Queues(String broker, int count) {

        /** As {@code mqadmin updateOrderConf} writes it. */
        static Queues of(String item) {
            int colon = item.lastIndexOf(':');
            return new Queues(item.substring(0, colon), Integer.parseInt(item.substring(colon + 1)));
        }

        Stream<MessageQueue> named(String topic) {
            return IntStream.range(0, count).mapToObj(id -> new MessageQueue(topic, broker, id));
        }
    }

    /** @param named the topic as the cluster knows it */
    static TopicRoute of(String topic, String named, TopicRouteData route) {
        Set<String> masters = route.getBrokerDatas().stream()
                .filter(broker -> broker.getBrokerAddrs().containsKey(MixAll.MASTER_ID))
                .map(BrokerData::getBrokerName)
                .collect(Collectors.toSet());
        List<MessageQueue> declared = queues(route)
                .flatMap(queues -> queues.named(named))
                .distinct()
                .sorted()
                .toList();
        List<MessageQueue> writable = declared.stream()
                .filter(queue -> masters.contains(queue.getBrokerName()))
                .toList();
        return new TopicRoute(topic, declared, writable, readable(route));
    }

    /** Those of the topic's order configuration, where an operator has made one. */
    private static Stream<Queues> queues(TopicRouteData route) {
        String ordered = route.getOrderTopicConf();
        return ordered == null || ordered.isBlank()
                ? route.getQueueDatas().stream()
                        .filter(queues -> PermName.isWriteable(queues.getPerm()))
                        .map(queues -> new Queues(queues.getBrokerName(), queues.getWriteQueueNums()))
                : Arrays.stream(ordered.split(";")).map(Queues::of);
    }

    private static Map<String, String> readable(TopicRouteData route) {
        Map<String, String> addresses = new HashMap<>();
        for (BrokerData broker : route.getBrokerDatas()) {
            // the master's number is the lowest
            new TreeMap<>(broker.getBrokerAddrs())
                    .values().stream().limit(1).forEach(address -> addresses.put(broker.getBrokerName(), address));
        }
        return route.getQueueDatas().stream()
                .filter(queues -> PermName.isReadable(queues.getPerm()))
                .map(QueueData::getBrokerName)
                .filter(addresses::containsKey)
                .distinct()
                .collect(Collectors.toMap(name -> name, addresses::get, (one, other) -> one, TreeMap::new));
    }

    @Nullable
    String anyBroker() {
        return readable.values().stream().findFirst().orElse(null);
    }
}
