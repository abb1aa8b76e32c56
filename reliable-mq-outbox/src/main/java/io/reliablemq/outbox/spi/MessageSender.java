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

    /**
     * Within that time after a call its stage completes. The relay waits half as long again, then takes the outcome for unknown;
     * should the message turn out to be stored later, it is settled all the same. Who wraps a sender passes its answer on.
     */
    default Duration answersWithin() {
        return Duration.ofMinutes(1);
    }
}
