package io.reliablemq.reliability.mutant;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;

class NextBeforeAcknowledged {

    private static final Executor LATER = CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS);

    @Bean
    MessageSender sender(RocketMqTransport connection) {
        MessageSender sender = connection.sender();
        return message -> {
            repeat(sender, message);
            return CompletableFuture.completedStage(new SendOutcome.Stored());
        };
    }

    /** Until it is stored: nothing is lost as long as the process lives, but what failed once comes after what came later. */
    private static void repeat(MessageSender sender, OutgoingMessage message) {
        CompletionStage<SendOutcome> sent = sender.send(message);
        sent.whenComplete((outcome, error) -> {
            if (!(outcome instanceof SendOutcome.Stored)) {
                LATER.execute(() -> repeat(sender, message));
            }
        });
    }
}
