package io.reliablemq.broker.embedded.server;

import java.util.concurrent.Callable;
import org.apache.rocketmq.broker.out.BrokerOuterAPI;

/** What the name server knows, asked as a broker asks it: it may be in another process. */
final class Routes {

    private static final long ANSWER_WITHIN_MILLIS = 3_000;

    private final BrokerOuterAPI api;
    private final String broker;

    Routes(BrokerOuterAPI api, String broker) {
        this.api = api;
        this.broker = broker;
    }

    boolean know(String address) {
        return asked(() -> api.getBrokerClusterInfo().getBrokerAddrTable().values().stream()
                .anyMatch(broker -> broker.getBrokerAddrs().containsValue(address)));
    }

    /** Whether clients find so many queues of the topic on this broker. */
    boolean reach(String topic, int queues) {
        return asked(() -> api.getTopicRouteInfoFromNameServer(topic, ANSWER_WITHIN_MILLIS).getQueueDatas().stream()
                .anyMatch(data -> data.getBrokerName().equals(broker) && data.getWriteQueueNums() >= queues));
    }

    /** No until there is a connection, and for a topic that is not known. */
    private static boolean asked(Callable<Boolean> question) {
        try {
            return question.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            return false;
        }
    }
}
