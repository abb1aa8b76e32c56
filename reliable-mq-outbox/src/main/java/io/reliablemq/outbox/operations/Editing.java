package io.reliablemq.outbox.operations;

import io.reliablemq.outbox.OutboxOperations.Edit;
import io.reliablemq.outbox.OutboxOperations.Payload;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Makes the edited message, as it would be stored had it been sent like that, and says what is different. */
final class Editing {

    private final MessageRules rules;
    private final UnaryOperator<OutgoingMessage> encoding;

    /** @param encoding compresses and encrypts a payload, and says so in the content type */
    Editing(MessageRules rules, UnaryOperator<OutgoingMessage> encoding) {
        this.rules = rules;
        this.encoding = encoding;
    }

    OutgoingMessage edited(OutgoingMessage before, Edit edit) {
        OutgoingMessage after = new OutgoingMessage(
                before.id(),
                edit.topic() == null ? before.topic() : edit.topic(),
                edit.tag() == null ? before.tag() : edit.tag().isEmpty() ? null : edit.tag(),
                before.key(),
                before.orderingKey(),
                before.contentType(),
                before.payload(),
                edit.headers() == null ? before.headers() : edit.headers(),
                before.createdAtMs(),
                before.deliverAtMs());
        Payload payload = edit.payload();
        if (payload != null) {
            after = encoding.apply(after.withPayload(payload.bytes(), payload.contentType()));
        }
        rules.check(after);
        return after;
    }

    /** Names and sizes, no content. */
    static String difference(OutgoingMessage before, OutgoingMessage after) {
        List<String> changes = new ArrayList<>();
        if (!before.topic().equals(after.topic())) {
            changes.add("topic " + before.topic() + " -> " + after.topic());
        }
        if (!Objects.equals(before.tag(), after.tag())) {
            changes.add("tag " + before.tag() + " -> " + after.tag());
        }
        if (!before.headers().equals(after.headers())) {
            changes.add("headers " + before.headers().size() + " -> "
                    + after.headers().size());
        }
        if (before.payload() != after.payload()) {
            changes.add("payload " + before.payload().length + " -> " + after.payload().length + " bytes");
        }
        return changes.isEmpty() ? "nothing different" : String.join(", ", changes);
    }
}
