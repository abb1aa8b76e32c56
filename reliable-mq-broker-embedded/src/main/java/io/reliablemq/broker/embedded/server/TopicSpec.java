package io.reliablemq.broker.embedded.server;

import java.util.Map;
import org.apache.rocketmq.common.attribute.TopicMessageType;

/** A topic as declared by the application. */
record TopicSpec(String name, TopicMessageType type, int queues) {

    boolean isOrdered() {
        return type == TopicMessageType.FIFO;
    }

    static TopicSpec from(Map<String, String> arguments) {
        return new TopicSpec(
                Arguments.text(arguments, "name"),
                TopicMessageType.valueOf(Arguments.text(arguments, "type")),
                Arguments.number(arguments, "queues"));
    }
}
