package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.IncomingMessage;
import java.nio.ByteBuffer;
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
        return new IncomingMessage(
                        view.getTopic(),
                        view.getTag().orElse(null),
                        view.getKeys(),
                        view.getMessageGroup().orElse(null),
                        view.getProperties(),
                        bytes(view.getBody()),
                        view.getBornTimestamp(),
                        view.getDeliveryTimestamp().orElse(0L),
                        view.getDeliveryAttempt(),
                        view.getMessageId().toString())
                .received(new Delivery(view));
    }

    private static byte[] bytes(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return bytes;
    }
}
