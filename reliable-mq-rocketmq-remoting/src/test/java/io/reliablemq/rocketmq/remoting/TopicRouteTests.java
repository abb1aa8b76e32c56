package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.junit.jupiter.api.Test;

class TopicRouteTests {

    private static final int BOTH = PermName.PERM_READ | PermName.PERM_WRITE;

    private final TopicRouteData data = new TopicRouteData();

    @Test
    void countsQueuesByBrokerAndNumber() {
        broker("b", Map.of(0L, "10.0.0.2:1"), BOTH, 2);
        broker("a", Map.of(0L, "10.0.0.1:1"), BOTH, 1);

        assertThat(route().writable())
                .containsExactly(
                        new MessageQueue("named", "a", 0),
                        new MessageQueue("named", "b", 0),
                        new MessageQueue("named", "b", 1));
        assertThat(route().readable()).isEqualTo(Map.of("a", "10.0.0.1:1", "b", "10.0.0.2:1"));
    }

    @Test
    void writesToMastersOnlyAndReadsFromReplicasWhereTheMasterIsAway() {
        broker("a", Map.of(0L, "10.0.0.1:1", 1L, "10.0.0.3:1"), BOTH, 1);
        broker("b", Map.of(2L, "10.0.0.4:1", 1L, "10.0.0.2:1"), BOTH, 1);

        assertThat(route().writable()).extracting(MessageQueue::getBrokerName).containsExactly("a");
        assertThat(route().readable()).isEqualTo(Map.of("a", "10.0.0.1:1", "b", "10.0.0.2:1"));
    }

    @Test
    void heedsWhatAnOperatorHasClosed() {
        broker("a", Map.of(0L, "10.0.0.1:1"), PermName.PERM_READ, 1);
        broker("b", Map.of(0L, "10.0.0.2:1"), PermName.PERM_WRITE, 1);

        assertThat(route().writable()).extracting(MessageQueue::getBrokerName).containsExactly("b");
        assertThat(route().readable()).containsOnlyKeys("a");
    }

    @Test
    void takesTheQueuesOfTheOrderConfigurationWhereThereIsOne() {
        broker("a", Map.of(0L, "10.0.0.1:1"), BOTH, 8);
        broker("b", Map.of(1L, "10.0.0.2:1"), BOTH, 8);
        data.setOrderTopicConf("a:2;b:2;c:1");

        assertThat(route().writable())
                .containsExactly(new MessageQueue("named", "a", 0), new MessageQueue("named", "a", 1));
        assertThat(route().declared())
                .as("those of brokers without a master, or gone from the name servers, are declared, too")
                .containsExactly(
                        new MessageQueue("named", "a", 0),
                        new MessageQueue("named", "a", 1),
                        new MessageQueue("named", "b", 0),
                        new MessageQueue("named", "b", 1),
                        new MessageQueue("named", "c", 0));
    }

    private TopicRoute route() {
        return TopicRoute.of("topic", "named", data);
    }

    private void broker(String name, Map<Long, String> addresses, int permission, int queues) {
        BrokerData broker = new BrokerData("cluster", name, new HashMap<>(addresses));
        QueueData queue = new QueueData();
        queue.setBrokerName(name);
        queue.setPerm(permission);
        queue.setReadQueueNums(queues);
        queue.setWriteQueueNums(queues);
        data.setBrokerDatas(add(data.getBrokerDatas(), broker));
        data.setQueueDatas(add(data.getQueueDatas(), queue));
    }

    private static <T> List<T> add(List<T> list, T one) {
        return Stream.concat(list == null ? Stream.of() : list.stream(), Stream.of(one))
                .toList();
    }
}
