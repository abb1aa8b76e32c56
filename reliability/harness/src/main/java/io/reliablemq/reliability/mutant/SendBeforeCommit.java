package io.reliablemq.reliability.mutant;

import com.fasterxml.uuid.Generators;
import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

class SendBeforeCommit {

    @Bean
    Outbox outbox(MessageSender sender, JsonMapper mapper) {
        return new Direct(sender, mapper);
    }

    private record Direct(MessageSender sender, JsonMapper mapper) implements Outbox {

        @Override
        public UUID send(OutboxMessage message) {
            UUID id = Generators.timeBasedEpochGenerator().generate();
            OutgoingMessage outgoing = new OutgoingMessage(
                    id,
                    message.topic(),
                    message.tag(),
                    message.key(),
                    message.orderedBy(),
                    "application/json",
                    mapper.writeValueAsBytes(message.payload()),
                    message.headers(),
                    System.currentTimeMillis(),
                    0);
            sender.send(outgoing).toCompletableFuture().join();
            return id;
        }

        @Override
        public List<UUID> sendAll(Collection<OutboxMessage> messages) {
            return messages.stream().map(this::send).toList();
        }

        @Override
        public Cancellation cancel(UUID messageId) {
            return Cancellation.TOO_LATE;
        }
    }
}
