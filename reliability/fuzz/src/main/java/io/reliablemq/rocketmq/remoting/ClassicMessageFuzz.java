package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.reliability.fuzz.Claim;
import io.reliablemq.reliability.fuzz.Envelope;
import io.reliablemq.reliability.fuzz.Outgoing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.jspecify.annotations.Nullable;

/** From the bytes of a broker's log, as the classic client decodes them, to what a listener is given; and what the outbox takes, there and back. */
public final class ClassicMessageFuzz {

    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final WantedTags WANTED = WantedTags.of(new Subscription("orders", "g", "a || b", false, false));
    private static final int LONGEST = Short.MAX_VALUE;
    private static final int LIMIT = 100;
    private static final int PACKED = MessageSysFlag.COMPRESSED_FLAG;

    private ClassicMessageFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Envelope envelope = Envelope.of(input);
        anybodys(envelope);
        unpacks(envelope.body());
        OutgoingMessage ours = Outgoing.accepted(envelope);
        if (ours != null) {
            MessageExt stored = decoded(stored(RemotingMessage.of(ours, ours.topic()), 0));
            Claim.isSame(RemotingDelivery.received(ours.topic(), stored, Duration.ofSeconds(10)), ours);
        }
    }

    /** Somebody else's producer has fewer rules, and its properties are one text. */
    private static void anybodys(Envelope envelope) throws Exception {
        Map<String, String> properties = new HashMap<>(envelope.headers());
        put(properties, "TAGS", envelope.text("tag"));
        put(properties, "KEYS", envelope.text("key"));
        put(properties, "__SHARDINGKEY", envelope.text("order"));
        put(properties, "TIMER_DELIVER_MS", envelope.text("due"));
        if (MessageDecoder.messageProperties2String(properties).getBytes(UTF_8).length > LONGEST) {
            return;
        }
        Message message = new Message();
        message.setTopic("orders");
        message.setBody(envelope.body());
        MessageAccessor.setProperties(message, properties);
        MessageExt stored = decoded(stored(message, (int) envelope.number("flags", 0)));
        WANTED.contain(stored.getTags());
        received(stored);
    }

    private static void received(MessageExt stored) {
        try {
            ReceivedMessage received = RemotingDelivery.received("orders", stored, Duration.ofSeconds(10));
            if ((stored.getSysFlag() & MessageSysFlag.COMPRESSED_FLAG) == 0) {
                Claim.isSound(
                        received, stored.getProperties(), stored.getBody() == null ? new byte[0] : stored.getBody());
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            boolean packed = (stored.getSysFlag() & MessageSysFlag.COMPRESSED_FLAG) != 0;
            Claim.holds(packed, "what is not packed cannot be received: " + e);
            Claim.mayBeLogged(RemotingFailures.text(e));
        }
    }

    /** To the limit and not a byte further, whatever it claims to be. */
    private static void unpacks(byte[] body) throws IOException {
        try {
            byte[] unpacked = PackedBody.unpacked(body, PACKED, LIMIT);
            Claim.holds(unpacked.length <= LIMIT, "the limit was passed");
            Claim.equal(PackedBody.unpacked(packed(unpacked), PACKED, LIMIT), unpacked, "what was packed again");
        } catch (IOException e) {
            Claim.mayBeLogged(RemotingFailures.text(e));
        }
        if (body.length <= LIMIT) {
            Claim.equal(PackedBody.unpacked(packed(body), PACKED, LIMIT), body, "what was packed");
        } else {
            Claim.holds(isRefused(packed(body)), "more than the limit was unpacked");
        }
    }

    private static boolean isRefused(byte[] packed) {
        try {
            PackedBody.unpacked(packed, PACKED, LIMIT);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(body);
        }
        return bytes.toByteArray();
    }

    private static void put(Map<String, String> properties, String name, @Nullable String value) {
        if (value != null) {
            properties.put(name, value);
        }
    }

    private static byte[] stored(Message message, int flags) throws Exception {
        MessageExt stored = new MessageExt();
        stored.setTopic(message.getTopic());
        stored.setBody(message.getBody());
        MessageAccessor.setProperties(stored, message.getProperties());
        stored.setSysFlag(flags & ~(MessageSysFlag.BORNHOST_V6_FLAG | MessageSysFlag.STOREHOSTADDRESS_V6_FLAG));
        stored.setBornHost(HOST);
        stored.setStoreHost(HOST);
        return MessageDecoder.encode(stored, false);
    }

    private static MessageExt decoded(byte[] stored) {
        List<MessageExt> messages = MessageDecoder.decodesBatch(ByteBuffer.wrap(stored), true, false, true);
        Claim.equal(messages.size(), 1, "the number of messages");
        return messages.get(0);
    }
}
