package io.reliablemq.rocketmq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The limits of client 5.2.0 and of proxy and broker 5.5 in their default configuration. */
public final class RocketMqMessageRules implements MessageRules {

    public static final int MAX_BODY = 4 * 1024 * 1024;
    static final int MAX_TOPIC = 127;
    static final int MAX_GROUP = 63;
    static final int MAX_PROPERTIES = 128;
    static final int MAX_PROPERTY_BYTES = 16 * 1024;

    private static final Pattern TOPIC = Pattern.compile("[%a-zA-Z0-9_-]+");
    private static final Set<String> SYSTEM_TOPICS = Set.of(
            "TBW102",
            "SCHEDULE_TOPIC_XXXX",
            "BenchmarkTest",
            "RMQ_SYS_TRANS_HALF_TOPIC",
            "RMQ_SYS_TRACE_TOPIC",
            "RMQ_SYS_TRANS_OP_HALF_TOPIC",
            "TRANS_CHECK_MAX_TIME_TOPIC",
            "SELF_TEST_TOPIC",
            "OFFSET_MOVED_EVENT",
            "CHECKPOINT_TOPIC",
            "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
            "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC");

    private final Duration maxDelay;
    private final Clock clock;

    public RocketMqMessageRules(Duration maxDelay, Clock clock) {
        this.maxDelay = maxDelay;
        this.clock = clock;
    }

    @Override
    public void check(OutgoingMessage message) {
        checkTopic(message.topic());
        checkText("tag", message.tag());
        if (message.tag() != null && message.tag().indexOf('|') >= 0) {
            throw rejected("tag", message.tag(), "contains \"|\", which separates tags in a filter", "choose another");
        }
        checkText("key", message.key());
        checkText("contentType", message.contentType());
        checkOrdering(message);
        checkDelay(message);
        checkBody(message.payload());
        message.headers().forEach(RocketMqMessageRules::checkHeader);
        checkProperties(WireMessage.of(message));
    }

    private static void checkTopic(String topic) {
        if (topic.length() > MAX_TOPIC || !TOPIC.matcher(topic).matches()) {
            throw rejected(
                    "topic",
                    topic,
                    "is not 1 to " + MAX_TOPIC + " of the characters a-z A-Z 0-9 _ - %",
                    "correct the name");
        }
        if (SYSTEM_TOPICS.contains(topic) || topic.startsWith("rmq_sys_")) {
            throw rejected("topic", topic, "belongs to RocketMQ itself", "use a topic of your own");
        }
    }

    private static void checkText(String field, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (value.isBlank()) {
            throw rejected(field, value, "is blank, which RocketMQ cannot carry", "leave it out or give it a value");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw rejected(field, value, "contains a control character", "remove or encode it, for example as Base64");
        }
        if (!UTF_8.newEncoder().canEncode(value)) {
            throw rejected(field, value, "contains half of a surrogate pair", "correct the text");
        }
    }

    private static void checkOrdering(OutgoingMessage message) {
        String key = message.orderingKey();
        checkText("orderedBy", key);
        if (key != null && key.getBytes(UTF_8).length > MAX_GROUP) {
            throw rejected(
                    "orderedBy",
                    key,
                    "has " + key.getBytes(UTF_8).length + " bytes and a message group has at most " + MAX_GROUP,
                    "use a shorter key, for example an id or a hash");
        }
        if (key != null && message.deliverAtMs() > 0) {
            throw rejected(
                    "orderedBy",
                    key,
                    "comes with a delay, and RocketMQ has either an order or a delay",
                    "leave one of them out");
        }
    }

    private void checkDelay(OutgoingMessage message) {
        Duration delay = Duration.ofMillis(message.deliverAtMs() - clock.millis());
        if (message.deliverAtMs() > 0 && delay.compareTo(maxDelay) > 0) {
            throw rejected(
                    "delay",
                    delay.toString(),
                    "is longer than max-delay, " + maxDelay,
                    "send it later, or raise max-delay here and what the cluster takes (maxDelayTimeMills at every proxy,"
                            + " timerMaxDelaySec at every broker)");
        }
    }

    private static void checkBody(byte[] body) {
        if (body.length == 0) {
            throw rejected("payload", "0 bytes", "is empty, which RocketMQ cannot carry", "send at least one byte");
        }
        if (body.length > MAX_BODY) {
            throw rejected(
                    "payload",
                    body.length + " bytes",
                    "is larger than " + MAX_BODY + " bytes",
                    "store the content elsewhere and send a reference");
        }
    }

    private static void checkHeader(String name, String value) {
        checkText("name of a header", name);
        if (WireHeaders.isOurs(name) || WireHeaders.isRocketMqs(name)) {
            throw rejected(
                    "header",
                    name,
                    WireHeaders.isOurs(name) ? "belongs to Reliable MQ" : "belongs to RocketMQ itself",
                    "choose another name");
        }
        checkText("header " + shown(name), value);
    }

    private static void checkProperties(WireMessage message) {
        int count = message.properties().size();
        if (count > MAX_PROPERTIES) {
            throw rejected(
                    "headers",
                    message.source().headers().size() + " headers",
                    "make " + count + " properties with those of Reliable MQ, and " + MAX_PROPERTIES + " is the limit",
                    "move some into the payload");
        }
        long size = bytes(message);
        if (size > MAX_PROPERTY_BYTES) {
            throw rejected(
                    "headers",
                    size + " bytes",
                    "together with tag and keys are larger than " + MAX_PROPERTY_BYTES + " bytes",
                    "move some into the payload");
        }
    }

    private static long bytes(WireMessage message) {
        long size = 0;
        for (Map.Entry<String, String> property : message.properties().entrySet()) {
            size += property.getKey().getBytes(UTF_8).length
                    + property.getValue().getBytes(UTF_8).length;
        }
        for (String key : message.keys()) {
            size += key.getBytes(UTF_8).length;
        }
        String tag = message.source().tag();
        return tag == null ? size : size + tag.getBytes(UTF_8).length;
    }

    private static MessageRejectedException rejected(String field, String seen, String problem, String action) {
        return new MessageRejectedException(field + " " + shown(seen) + " " + problem + ": " + action);
    }

    /** Quoted, cut, and without anything that could forge a log line. */
    private static String shown(String value) {
        StringBuilder text = new StringBuilder("\"");
        value.chars().limit(60).forEach(c -> {
            if (breaksLines(c) || Character.isSurrogate((char) c) || c == '"' || c == '\\') {
                text.append(String.format("\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        return text.append(value.length() > 60 ? "...\"" : "\"").toString();
    }

    private static boolean breaksLines(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }
}
