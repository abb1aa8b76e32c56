package io.reliablemq.rocketmq.wire;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a message goes over the wire besides its body: the rules measure exactly what the sender sends.
 *
 * @param keys RocketMQ message keys, the id first
 * @param properties user properties, ours and the application's
 */
public record WireMessage(OutgoingMessage source, List<String> keys, Map<String, String> properties) {

    public static WireMessage of(OutgoingMessage source) {
        String id = source.id().toString();
        String key = source.key();
        Map<String, String> properties = new LinkedHashMap<>(source.headers());
        properties.put(WireHeaders.ID, id);
        properties.put(WireHeaders.CREATED_AT, Long.toString(source.createdAtMs()));
        properties.put(WireHeaders.CONTENT_TYPE, source.contentType());
        if (source.deliverAtMs() > 0) {
            properties.put(WireHeaders.DUE_AT, Long.toString(source.deliverAtMs()));
        }
        if (key != null && key.indexOf(' ') >= 0) {
            properties.put(WireHeaders.KEY, key);
            return new WireMessage(source, List.of(id), properties);
        }
        return new WireMessage(source, key == null ? List.of(id) : List.of(id, key), properties);
    }
}
