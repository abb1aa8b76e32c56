package io.reliablemq.rocketmq.wire;

import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of a message that it has received, in RocketMQ's terms.
 *
 * @param keys RocketMQ message keys
 * @param group the message group (sharding key)
 * @param properties user properties; RocketMQ's own among them are left out
 * @param bornAtMs when the client sent it, milliseconds since the epoch
 * @param deliverAtMs when it was due, 0 when it was not delayed or the client does not say
 * @param attempt 1 for the first delivery
 * @param messageId RocketMQ's own, which stays when the broker stores the message anew to deliver it again; null or blank when there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a copy of every payload would cost more than it protects
public record IncomingMessage(
        String topic,
        @Nullable String tag,
        Collection<String> keys,
        @Nullable String group,
        Map<String, String> properties,
        byte[] body,
        long bornAtMs,
        long deliverAtMs,
        int attempt,
        @Nullable String messageId) {

    /** The message with what our headers say. */
    public ReceivedMessage received(Object handle) {
        String id = blankToNull(properties.get(WireHeaders.ID));
        return new ReceivedMessage(
                id,
                topic,
                blankToNull(tag),
                businessKeys(id),
                blankToNull(group),
                blankToNull(properties.get(WireHeaders.CONTENT_TYPE)),
                body,
                headers(),
                millis(properties.get(WireHeaders.CREATED_AT), bornAtMs),
                millis(properties.get(WireHeaders.DUE_AT), deliverAtMs),
                attempt,
                handle,
                storedId());
    }

    /** A classic client that is given an object for the second time sends it under the same id, at another time. */
    private @Nullable String storedId() {
        return messageId == null || messageId.isBlank() ? null : messageId + "@" + bornAtMs;
    }

    private List<String> businessKeys(@Nullable String id) {
        String key = properties.get(WireHeaders.KEY);
        if (key != null) {
            return List.of(key);
        }
        List<String> others = new ArrayList<>(keys);
        others.removeIf(String::isBlank);
        if (id != null) {
            others.remove(id);
        }
        return List.copyOf(others);
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>(properties);
        headers.keySet().removeIf(name -> WireHeaders.isOurs(name) || WireHeaders.isRocketMqs(name));
        return Map.copyOf(headers);
    }

    private static long millis(@Nullable String value, long otherwise) {
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static @Nullable String blankToNull(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }
}
