package io.reliablemq.rocketmq;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.wire.Reachability;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.jspecify.annotations.Nullable;

/** A receipt means SEND_OK; what else happens, {@link Failures} says. */
final class RocketMqMessageSender implements MessageSender {

    private static final SendOutcome STORED = new SendOutcome.Stored();
    /** What the client waits for a proxy's settings, on top of the request time-out. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);

    private final SharedProducer producer;
    private final Reachability reachability;
    private final Duration guard;

    RocketMqMessageSender(RocketMqSettings settings, SharedProducer producer, Reachability reachability) {
        this.producer = producer;
        this.reachability = reachability;
        this.guard = guard(settings);
    }

    /** The longest way: route, session, the attempt, and a second for the threads. */
    static Duration guard(RocketMqSettings settings) {
        return settings.requestTimeout().multipliedBy(3).plus(SESSION_TIMEOUT).plusSeconds(1);
    }

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        Message wire;
        try {
            wire = GrpcMessage.of(message);
        } catch (IllegalArgumentException e) {
            // built from the message alone, so it will be refused for ever
            return CompletableFuture.completedStage(
                    new SendOutcome.Refused(SendOutcome.Reason.ILLEGAL_MESSAGE, Failures.text(e)));
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.completedStage(new SendOutcome.Unknown(Failures.text(e)));
        }
        return send(wire);
    }

    @Override
    public Duration answersWithin() {
        return guard;
    }

    private CompletionStage<SendOutcome> send(Message wire) {
        CompletableFuture<SendReceipt> receipt;
        try {
            receipt = producer.send(wire);
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.completedStage(new SendOutcome.Unknown(Failures.text(e)));
        }
        return receipt.handle(this::outcome)
                .completeOnTimeout(
                        new SendOutcome.Unknown("No answer within " + guard), guard.toMillis(), TimeUnit.MILLISECONDS);
    }

    private SendOutcome outcome(@Nullable SendReceipt receipt, @Nullable Throwable failure) {
        if (failure == null) {
            reachability.answered();
            return STORED;
        }
        SendOutcome outcome = Failures.outcomeOf(failure);
        if (Failures.answered(failure)) {
            reachability.answered();
            return outcome;
        }
        return unknown(Failures.text(failure));
    }

    private SendOutcome unknown(String detail) {
        reachability.unanswered(detail);
        return new SendOutcome.Unknown(detail);
    }
}
