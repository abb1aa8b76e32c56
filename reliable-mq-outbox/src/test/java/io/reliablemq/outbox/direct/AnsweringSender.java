package io.reliablemq.outbox.direct;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A broker that answers with what was queued, and leaves sends open when nothing was. */
final class AnsweringSender implements MessageSender {

    static final SendOutcome STORED = new SendOutcome.Stored();
    static final SendOutcome UNKNOWN = new SendOutcome.Unknown("nobody answers");

    final List<OutgoingMessage> attempts = new ArrayList<>();
    final Queue<SendOutcome> answers = new ArrayDeque<>();
    final Queue<CompletableFuture<SendOutcome>> open = new ArrayDeque<>();
    Duration answersWithin = Duration.ofMinutes(1);
    RuntimeException failure;

    @Override
    public Duration answersWithin() {
        return answersWithin;
    }

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        attempts.add(message);
        if (failure != null) {
            throw failure;
        }
        CompletableFuture<SendOutcome> answer = new CompletableFuture<>();
        SendOutcome outcome = answers.poll();
        if (outcome == null) {
            open.add(answer);
        } else {
            answer.complete(outcome);
        }
        return answer;
    }

    List<UUID> attemptedIds() {
        return attempts.stream().map(OutgoingMessage::id).toList();
    }
}
