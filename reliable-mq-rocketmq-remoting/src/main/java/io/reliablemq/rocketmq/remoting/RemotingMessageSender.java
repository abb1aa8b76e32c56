package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.rocketmq.wire.Reachability;
import io.reliablemq.rocketmq.wire.RocketMqMessageRules;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hands messages to the {@link SendLoop}; only SEND_OK is success. */
final class RemotingMessageSender implements MessageSender {

    private final RemotingSettings settings;
    private final Cluster cluster;
    private final Reachability reachability;
    private @Nullable SendLoop loop;
    private boolean closed;

    RemotingMessageSender(RemotingSettings settings, Cluster cluster, Reachability reachability) {
        this.settings = settings;
        this.cluster = cluster;
        this.reachability = reachability;
    }

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        if (message.payload().length > RocketMqMessageRules.MAX_BODY) {
            return CompletableFuture.completedStage(new SendOutcome.Refused(
                    Reason.TOO_LARGE,
                    message.payload().length + " bytes, and the limit is " + RocketMqMessageRules.MAX_BODY));
        }
        SendLoop running = loop();
        if (running == null) {
            return CompletableFuture.completedStage(new SendOutcome.Unknown("The connection is closed"));
        }
        PendingSend pending = new PendingSend(message);
        running.send(pending);
        return pending.outcome;
    }

    private synchronized @Nullable SendLoop loop() {
        if (loop == null && !closed) {
            loop = new SendLoop(settings, cluster, reachability);
            loop.start();
        }
        return closed ? null : loop;
    }

    @Override
    public Duration answersWithin() {
        return SendLoop.guard(settings);
    }

    void close() {
        SendLoop last;
        synchronized (this) {
            closed = true;
            last = loop;
        }
        if (last != null) {
            last.close();
        }
    }
}
