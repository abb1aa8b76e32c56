package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.OutgoingMessage;
import org.apache.rocketmq.common.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a topic takes. A proxy checks it, a broker does not: an ordered message would lose its order in a topic of another type,
 * and nobody would notice. A topic without a type (they are as old as RocketMQ 4) takes everything.
 *
 * @param name RocketMQ's {@code message.type}, null for everything
 */
record AcceptedType(@Nullable String name) {

    static final AcceptedType ANY = new AcceptedType(null);

    private static final String ATTRIBUTE = "message.type";
    private static final String FIFO = "FIFO";

    static AcceptedType of(TopicConfig config) {
        String type =
                config.getAttributes() == null ? null : config.getAttributes().get(ATTRIBUTE);
        return type == null || type.equals("UNSPECIFIED") || type.equals("MIXED") ? ANY : new AcceptedType(type);
    }

    boolean accepts(OutgoingMessage message) {
        return name == null || name.equals(typeOf(message));
    }

    boolean hasOrder() {
        return name == null || name.equals(FIFO);
    }

    static String typeOf(OutgoingMessage message) {
        return message.orderingKey() != null ? FIFO : message.deliverAtMs() > 0 ? "DELAY" : "NORMAL";
    }
}
