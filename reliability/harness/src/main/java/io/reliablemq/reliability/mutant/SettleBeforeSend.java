package io.reliablemq.reliability.mutant;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;

class SettleBeforeSend {

    /** After the relay has deleted the row. */
    private static final Executor SOON = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

    @Bean
    MessageSender sender(RocketMqTransport connection) {
        MessageSender sender = connection.sender();
        return message -> {
            SOON.execute(() -> sender.send(message));
            return CompletableFuture.completedStage(new SendOutcome.Stored());
        };
    }
}
