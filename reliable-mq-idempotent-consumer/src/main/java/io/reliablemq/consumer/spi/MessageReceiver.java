package io.reliablemq.consumer.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The port to a broker: one open subscription. Implemented by broker adapters.
 *
 * <p><b>Thread</b>: {@link #receive} by several threads at once; acknowledgements from any thread.
 */
public interface MessageReceiver extends AutoCloseable {

    /**
     * Waits for messages, a few seconds at most (adapter's choice), and makes them invisible to other consumers.
     *
     * @param max at most that many; an adapter may have a lower limit (RocketMQ: 32)
     * @param invisible after that time, without acknowledgement, the broker delivers again
     * @return possibly empty
     * @throws ReceiverUnavailableException when the broker cannot be reached or does not serve the subscription; the caller
     *     backs off and tries again
     * @throws InterruptedException when the calling thread was interrupted
     */
    List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException;

    /** The message is done with. A lost acknowledgement means a redelivery, which the dedup record absorbs. */
    CompletionStage<Void> acknowledge(ReceivedMessage message);

    /**
     * Delivers again after that time: as back-off after a failure (or at once, with the adapter's shortest time), or to renew
     * the invisible time of a message that is still being handled.
     *
     * @return the delivery to acknowledge from now on (a broker may change its handle); fails when the time was over
     */
    CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible);

    /** Bounded: returns within a few seconds even when the broker is away. */
    @Override
    void close();
}
