package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.ReceivedMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.java.message.MessageViewImpl;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one delivery. Its requests go out one after another: an acknowledgement that overtook a change of the invisible
 * time would use a receipt handle that the broker has replaced, and the message would come again.
 */
final class Delivery {

    private final MessageView view;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    private Delivery(MessageView view) {
        this.view = view;
    }

    /** Runs the request when the one before is through, whatever became of that. */
    synchronized CompletableFuture<Void> next(Function<MessageView, CompletableFuture<Void>> request) {
        last = last.handle((done, failure) -> view).thenCompose(request);
        return last;
    }

    /** Like {@link #next}, for requests that change the receipt handle. */
    CompletableFuture<Void> nextChange(Function<MessageView, CompletableFuture<Void>> request) {
        return next(message -> {
            String before = handle(message);
            return request.apply(message).whenComplete((done, failure) -> {
                // client 5.2.0 takes over the empty handle of an answer that refuses
                if (failure != null && before != null && message instanceof MessageViewImpl impl) {
                    impl.setReceiptHandle(before);
                }
            });
        });
    }

    private static @Nullable String handle(MessageView message) {
        return message instanceof MessageViewImpl impl ? impl.getReceiptHandle() : null;
    }

    /** Whether body and check sum disagree; the client notices and delivers it nevertheless. */
    static boolean isCorrupted(MessageView view) {
        return view instanceof MessageViewImpl impl && impl.isCorrupted();
    }

    static ReceivedMessage received(MessageView view) {
        Map<String, String> properties = view.getProperties();
        String id = blankToNull(properties.get(WireHeaders.ID));
        return new ReceivedMessage(
                id,
                view.getTopic(),
                blankToNull(view.getTag()),
                keys(view, id, properties.get(WireHeaders.KEY)),
                blankToNull(view.getMessageGroup()),
                blankToNull(properties.get(WireHeaders.CONTENT_TYPE)),
                bytes(view.getBody()),
                headers(properties),
                millis(properties.get(WireHeaders.CREATED_AT), view.getBornTimestamp()),
                millis(
                        properties.get(WireHeaders.DUE_AT),
                        view.getDeliveryTimestamp().orElse(0L)),
                view.getDeliveryAttempt(),
                new Delivery(view));
    }

    private static List<String> keys(MessageView view, @Nullable String id, @Nullable String key) {
        if (key != null) {
            return List.of(key);
        }
        List<String> keys = new ArrayList<>(view.getKeys());
        keys.removeIf(String::isBlank);
        if (id != null) {
            keys.remove(id);
        }
        return List.copyOf(keys);
    }

    private static Map<String, String> headers(Map<String, String> properties) {
        Map<String, String> headers = new HashMap<>(properties);
        headers.keySet().removeIf(name -> WireHeaders.isOurs(name) || WireHeaders.isRocketMqs(name));
        return Map.copyOf(headers);
    }

    private static byte[] bytes(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return bytes;
    }

    private static long millis(@Nullable String value, long otherwise) {
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static @Nullable String blankToNull(Optional<String> value) {
        return blankToNull(value.orElse(null));
    }

    private static @Nullable String blankToNull(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }
}
