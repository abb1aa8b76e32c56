package io.reliablemq.broker.embedded.server;

import java.time.Duration;
import org.apache.rocketmq.broker.topic.TopicConfigManager;
import org.apache.rocketmq.common.TopicAttributes;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.constant.PermName;
import org.jspecify.annotations.Nullable;

/** Makes declared topics exist. */
final class Topics {

    private static final Duration ROUTE_WITHIN = Duration.ofSeconds(60);

    private final BrokerNode master;

    Topics(BrokerNode master) {
        this.master = master;
    }

    /** Returns how many queues there are for ordered messages: as many as there were first. */
    int declare(TopicSpec topic) {
        TopicConfig existing = existing(topic.name());
        // the table's own object changes
        int first = existing == null ? topic.queues() : existing.getWriteQueueNums();
        if (existing == null) {
            create(topic, topic.queues());
        } else {
            requireSameType(topic, existing);
            // fewer would hide what the others still hold
            if (existing.getWriteQueueNums() < topic.queues()) {
                create(topic, topic.queues());
            }
        }
        awaitRoute(topic);
        return first;
    }

    private @Nullable TopicConfig existing(String name) {
        return table().selectTopicConfig(name);
    }

    private void create(TopicSpec topic, int queues) {
        TopicConfig config = new TopicConfig(topic.name(), queues, queues, PermName.PERM_READ | PermName.PERM_WRITE);
        // "+" is RocketMQ's way to set an attribute
        config.getAttributes()
                .put(
                        "+" + TopicAttributes.TOPIC_MESSAGE_TYPE_ATTRIBUTE.getName(),
                        topic.type().getValue());
        table().updateTopicConfig(config);
    }

    private void awaitRoute(TopicSpec topic) {
        Await.until("the route of topic '" + topic.name() + "'", ROUTE_WITHIN, () -> {
            if (!master.routes().reach(topic.name(), topic.queues())) {
                TopicConfig created = table().selectTopicConfig(topic.name());
                master.controller().registerIncrementBrokerData(created, table().getDataVersion());
            }
            return master.routes().reach(topic.name(), topic.queues());
        });
    }

    private TopicConfigManager table() {
        return master.controller().getTopicConfigManager();
    }

    private static void requireSameType(TopicSpec topic, TopicConfig existing) {
        if (existing.getTopicMessageType() != topic.type()) {
            throw new IllegalStateException(
                    "topic '%s' holds %s messages and is declared as %s: declare it as it is, use a new name, or delete the data directory"
                            .formatted(topic.name(), existing.getTopicMessageType(), topic.type()));
        }
    }
}
