package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.rocketmq.wire.WireMessage;
import java.util.Map;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;

/** A message as rocketmq-client takes it. */
final class RemotingMessage {

    /** Properties travel as one text in which these separate names and values. */
    private static final String SEPARATORS = "\u0001\u0002";
    /** The length of that text is written as a short; RocketMQ adds some of its own. */
    private static final int MOST_PROPERTY_BYTES = Short.MAX_VALUE - 2_048;

    private static final int FIXED = 64;

    private RemotingMessage() {}

    /** @throws IllegalArgumentException when it cannot be carried */
    static Message of(OutgoingMessage source, String topic) {
        WireMessage wire = WireMessage.of(source);
        Message message = new Message();
        message.setTopic(topic);
        message.setBody(source.payload());
        message.setKeys(wire.keys());
        wire.properties().forEach((name, value) -> MessageAccessor.putProperty(message, name, value));
        if (source.tag() != null) {
            message.setTags(source.tag());
        }
        if (source.orderingKey() != null) {
            MessageAccessor.putProperty(message, MessageConst.PROPERTY_SHARDING_KEY, source.orderingKey());
        }
        if (source.deliverAtMs() > 0) {
            message.setDeliverTimeMs(source.deliverAtMs());
        }
        message.getProperties().forEach(RemotingMessage::requireSeparable);
        if (propertyBytes(message) > MOST_PROPERTY_BYTES) {
            throw new IllegalArgumentException("the properties of " + source + " are larger than " + MOST_PROPERTY_BYTES
                    + " bytes: move some headers into the payload");
        }
        return message;
    }

    private static void requireSeparable(String name, String value) {
        for (int i = 0; i < SEPARATORS.length(); i++) {
            if (name.indexOf(SEPARATORS.charAt(i)) >= 0 || value.indexOf(SEPARATORS.charAt(i)) >= 0) {
                throw new IllegalArgumentException(
                        "a property contains the control character that separates properties: remove or encode it");
            }
        }
    }

    private static long propertyBytes(Message message) {
        long characters = characters(message);
        if (characters * 3 <= MOST_PROPERTY_BYTES) {
            return characters;
        }
        return message.getProperties().entrySet().stream()
                .mapToLong(each ->
                        each.getKey().getBytes(UTF_8).length + each.getValue().getBytes(UTF_8).length + 2L)
                .sum();
    }

    private static long characters(Message message) {
        long sum = 0;
        for (Map.Entry<String, String> property : message.getProperties().entrySet()) {
            sum += property.getKey().length() + property.getValue().length() + 2L;
        }
        return sum;
    }

    /** What it takes of a batch, roughly, in bytes. */
    static long weight(Message message) {
        return FIXED + characters(message) + message.getBody().length;
    }
}
