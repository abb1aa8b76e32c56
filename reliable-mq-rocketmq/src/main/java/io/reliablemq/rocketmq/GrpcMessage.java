package io.reliablemq.rocketmq;

import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.rocketmq.wire.WireMessage;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageBuilder;

/** A message as rocketmq-client-java takes it. */
final class GrpcMessage {

    private GrpcMessage() {}

    /** @throws IllegalArgumentException when the client refuses something that the message is made of */
    static Message of(OutgoingMessage source) {
        WireMessage wire = WireMessage.of(source);
        MessageBuilder builder = Clients.provider()
                .newMessageBuilder()
                .setTopic(source.topic())
                .setBody(source.payload())
                .setKeys(wire.keys().toArray(String[]::new));
        if (source.tag() != null) {
            builder.setTag(source.tag());
        }
        if (source.orderingKey() != null) {
            builder.setMessageGroup(source.orderingKey());
        }
        if (source.deliverAtMs() > 0) {
            builder.setDeliveryTimestamp(source.deliverAtMs());
        }
        wire.properties().forEach(builder::addProperty);
        return builder.build();
    }
}
