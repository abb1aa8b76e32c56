package io.reliablemq.broker.embedded.server;

import java.util.Map;
import org.apache.rocketmq.common.attribute.TopicMessageType;

/** A topic as declared by the application. */
record TopicSpec(String name, TopicMessageType type, int queues) {

    static TopicSpec from(Map<String, Object> arguments) {
        return new TopicSpec(
                Arguments.get(arguments, "name", String.class),
                TopicMessageType.valueOf(Arguments.get(arguments, "type", String.class)),
                Arguments.get(arguments, "queues", Integer.class));
    }
}
