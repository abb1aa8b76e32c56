package io.reliablemq.rocketmq.remoting;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 * @param writable queues that have a master and may be written, in the order in which a proxy would count them
 * @param readable addresses of brokers that may be read, masters if there are any, by the broker's name
 */
record TopicRoute(String topic, List<MessageQueue> writable, Map<String, String> readable) {

    static TopicRoute of(String topic, String named, TopicRouteData route) {
        Map<String, String> masters = new HashMap<>();
        Map<String, String> readers = new HashMap<>();
        for (BrokerData broker : route.getBrokerDatas()) {
            Map<Long, String> addresses = new TreeMap<>(broker.getBrokerAddrs());
            addresses.values().stream().findFirst().ifPresent(first -> readers.put(broker.getBrokerName(), first));
            Optional.ofNullable(addresses.get(MixAll.MASTER_ID))
                    .ifPresent(master -> masters.put(broker.getBrokerName(), master));
        }
        Map<String, String> readable = new TreeMap<>(readers);
        route.getQueueDatas().stream()
                .filter(queues -> !PermName.isReadable(queues.getPerm()))
                .forEach(queues -> readable.remove(queues.getBrokerName()));
        List<MessageQueue> writable = route.getQueueDatas().stream()
                .filter(queues -> masters.containsKey(queues.getBrokerName()))
                .filter(queues -> PermName.isWriteable(queues.getPerm()))
                .flatMap(queues -> queues(named, queues))
                .distinct()
                .sorted()
                .toList();
        return new TopicRoute(topic, writable, readable);
    }

    private static Stream<MessageQueue> queues(String named, QueueData queues) {
        return IntStream.range(0, queues.getWriteQueueNums())
                .mapToObj(id -> new MessageQueue(named, queues.getBrokerName(), id));
    }

    @Nullable
    String anyBroker() {
        return readable.values().stream().findFirst().orElse(null);
    }
}
