package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.concurrent.CompletableFuture;

/** One message until its outcome is known. */
final class PendingSend {

    final OutgoingMessage message;
    final CompletableFuture<SendOutcome> outcome = new CompletableFuture<>();
    final long since = System.nanoTime();

    PendingSend(OutgoingMessage message) {
        this.message = message;
    }

    void unknown(String detail) {
        outcome.complete(new SendOutcome.Unknown(detail));
    }
}
