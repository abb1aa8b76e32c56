package io.reliablemq.rocketmq.remoting;

import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.IncomingMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one delivery. Its requests go out one after another: an acknowledgement that overtook a change of the invisible
 * time would use a handle that the broker has replaced, and the message would come again.
 */
final class RemotingDelivery {

    private final String broker;
    private volatile String handle;
    private volatile long deadline;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    private RemotingDelivery(String broker, String handle, Duration invisible) {
        this.broker = broker;
        this.handle = handle;
        prolong(invisible);
    }

    String handle() {
        return handle;
    }

    String broker() {
        return broker;
    }

    /** Runs the request when the one before is through, whatever became of that. */
    synchronized CompletableFuture<Void> next(Function<String, CompletableFuture<Void>> request) {
        last = last.handle((done, failure) -> handle).thenCompose(request);
        return last;
    }

    /** Like {@link #next}, for requests that change the handle. The broker would do it after its time, too, and deliver twice. */
    CompletableFuture<Void> nextChange(Duration invisible, Function<String, CompletableFuture<String>> request) {
        return next(current -> {
            if (System.nanoTime() - deadline > 0) {
                return CompletableFuture.failedFuture(new IllegalStateException("the time of the delivery is over"));
            }
            return request.apply(current).thenAccept(changed -> {
                handle = changed;
                prolong(invisible);
            });
        });
    }

    private void prolong(Duration invisible) {
        deadline = System.nanoTime() + invisible.toNanos();
    }

    /** Whether body and check sum disagree. */
    static boolean isCorrupted(MessageExt message) {
        byte[] body = message.getBody();
        return body != null && body.length > 0 && UtilAll.crc32(body) != message.getBodyCRC();
    }

    /** @throws IOException when the body cannot be unpacked */
    static ReceivedMessage received(String topic, MessageExt message, Duration invisible) throws IOException {
        String deliverAt = message.getProperty(MessageConst.PROPERTY_TIMER_DELIVER_MS);
        return new IncomingMessage(
                        topic,
                        message.getTags(),
                        keys(message),
                        message.getProperty(MessageConst.PROPERTY_SHARDING_KEY),
                        message.getProperties(),
                        body(message),
                        message.getBornTimestamp(),
                        deliverAt == null ? 0 : UtilAll.asLong(deliverAt, 0),
                        message.getReconsumeTimes() + 1,
                        message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX))
                .received(new RemotingDelivery(
                        message.getBrokerName(), message.getProperty(MessageConst.PROPERTY_POP_CK), invisible));
    }

    private static List<String> keys(MessageExt message) {
        String keys = message.getKeys();
        return keys == null ? List.of() : Arrays.asList(keys.split(MessageConst.KEY_SEPARATOR, -1));
    }

    /** Our own producers leave the body as it is; others may have it compressed by the client. */
    private static byte[] body(MessageExt message) throws IOException {
        byte[] body = message.getBody();
        if (body == null) {
            return new byte[0];
        }
        return PackedBody.unpacked(body, message.getSysFlag(), PackedBody.MOST);
    }

    static @Nullable RemotingDelivery of(Object handle) {
        return handle instanceof RemotingDelivery delivery ? delivery : null;
    }
}
