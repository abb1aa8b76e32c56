package io.reliablemq.outbox.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The port to a broker: sends one message and says what is known of it. Implemented by broker adapters.
 *
 * <p><b>Thread</b>: safe for use by any thread; called by the relay's loop and by the thread of direct sends, never blocking for
 * longer than it takes to hand the message to an I/O thread. Many sends are in flight at once; the callers bound their number.
 *
 * <p><b>Errors</b>: the stage always completes, normally, within the adapter's time-outs; an exception out of the call or
 * out of the stage is taken for {@link SendOutcome.Unknown}.
 */
public interface MessageSender {

    CompletionStage<SendOutcome> send(OutgoingMessage message);

    /** Within that time after a call its stage completes. Who wraps a sender passes its answer on. */
    default Duration answersWithin() {
        return Duration.ofMinutes(1);
    }

    /**
     * How long its callers wait for the answer to a call: half as long again as it promises. Then they take the outcome for
     * unknown. A message of the outbox that turns out to be stored later is settled all the same; a direct one that was given
     * up meanwhile stays counted as lost.
     */
    static Duration patience(MessageSender sender) {
        Duration promise = sender.answersWithin();
        return promise.plus(promise.dividedBy(2));
    }
}
