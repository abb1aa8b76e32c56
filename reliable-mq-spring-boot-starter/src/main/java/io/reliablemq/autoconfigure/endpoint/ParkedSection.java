package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Edit;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages that the broker has refused, and those behind them. */
record ParkedSection(OutboxOperations operations) implements Section {

    private static final Pattern PLACE = Pattern.compile("(\\d{1,18})\\.(\\d{1,4})");

    @Override
    public Object list(Given given) {
        given.only("topic", "key", "reason", "after", "limit");
        Parked which = filter(given);
        int limit = given.limit();
        List<ParkedMessage> rows = operations.parked(which, after(given.text("after")), limit);
        return Page.of(operations.count(which), rows, limit, ParkedView::of, last -> last.row() + "." + last.lane());
    }

    /** Only the place of the last one counts for what comes after it. */
    private static @Nullable ParkedMessage after(@Nullable String place) {
        if (place == null) {
            return null;
        }
        Matcher parts = PLACE.matcher(place);
        if (!parts.matches()) {
            throw Problem.badRequest("after is '" + Given.shown(place) + "': give the next of the page before");
        }
        return new ParkedMessage(
                new UUID(0, 0),
                "",
                null,
                null,
                null,
                "",
                0,
                Map.of(),
                "",
                0,
                false,
                Integer.parseInt(parts.group(2)),
                Long.parseLong(parts.group(1)));
    }

    @Override
    public Object item(String id, Given given) {
        given.only();
        return ParkedView.of(found(Given.uuid("id", id)));
    }

    private ParkedMessage found(UUID id) {
        return operations.parked(Parked.message(id), null, 1).stream()
                .findFirst()
                .orElseThrow(() -> Problem.notFound("No message " + id
                        + " is parked: it may have been released or skipped, see the section audit"));
    }

    @Override
    public Object act(String operation, Given given) {
        return switch (operation) {
            case "release" -> release(given);
            case "edit" -> edit(given);
            case "skip" -> skip(given);
            default -> throw Problem.unknown("operation", operation, List.of("release", "edit", "skip"));
        };
    }

    private Object release(Given given) {
        given.only("id", "topic", "key", "reason", "all", "atMost", "actor", "why", "dryRun");
        Parked which = chosen(given);
        if (which.messageId() != null) {
            found(which.messageId());
        }
        int atMost = (int) given.number("atMost", OutboxOperations.MOST, OutboxOperations.MOST);
        return operations.release(which, atMost, action(given));
    }

    /** Not all there is by leaving something out. */
    private static Parked chosen(Given given) {
        Parked filter = filter(given);
        UUID id = given.id("id");
        Parked which = new Parked(filter.topic(), filter.orderingKey(), filter.reason(), id);
        if (which.equals(Parked.all()) != given.flag("all")) {
            throw Problem.badRequest(
                    "Which messages is not clear: give an id, or some of topic, key and reason, or else all=true alone");
        }
        return which;
    }

    private static Parked filter(Given given) {
        if (given.has("key") && !given.has("topic")) {
            throw Problem.badRequest("The request has a key and no topic: a key means something within its topic only");
        }
        return new Parked(given.text("topic"), given.text("key"), given.text("reason"), null);
    }

    private Object edit(Given given) {
        given.only(Stream.concat(
                        Stream.of("id", "topic", "tag", "actor", "why", "dryRun"), Stream.of(NewContent.ARGUMENTS))
                .toArray(String[]::new));
        UUID id = Given.uuid("id", given.required("id"));
        NewContent content = NewContent.of(given);
        Edit edit = new Edit(given.text("topic"), given.text("tag"), content.headers(), null);
        if (content.payload() != null && content.contentType() != null) {
            edit = edit.payload(content.payload(), content.contentType());
        }
        found(id);
        return changed(id, operations.edit(id, edit, action(given)));
    }

    private Object skip(Given given) {
        given.only("id", "actor", "why", "dryRun");
        UUID id = Given.uuid("id", given.required("id"));
        found(id);
        return changed(id, operations.skip(id, action(given)));
    }

    private static Outcome changed(UUID id, Outcome outcome) {
        if (outcome.messages().isEmpty()) {
            throw Problem.conflict("Message " + id
                    + " was not changed, because somebody else is changing it: look at it and try again");
        }
        return outcome;
    }

    static Action action(Given given) {
        return new Action(given.actor(), given.required("why"), given.flag("dryRun"));
    }

    /** A parked message as it is shown. */
    record ParkedView(
            UUID id,
            String topic,
            @Nullable String tag,
            @Nullable String key,
            @Nullable String orderingKey,
            String contentType,
            String payload,
            Map<String, String> headers,
            String reason,
            Instant parkedAt,
            boolean unsent,
            int lane) {

        static ParkedView of(ParkedMessage message) {
            return new ParkedView(
                    message.id(),
                    message.topic(),
                    message.tag(),
                    message.key(),
                    message.orderingKey(),
                    message.contentType(),
                    Masked.payload(message.size()),
                    Masked.headers(message.headers()),
                    message.reason(),
                    message.parkedAt(),
                    message.unsent(),
                    message.lane());
        }
    }
}
