package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Edit;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.ReplayOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What listeners could not handle. */
record DeadLettersSection(DeadLetters letters) implements Section {

    private static final String[] FILTER = {"group", "topic", "reason", "from", "to"};
    private static final String[] BY_QUERY = {"id", "all", "atMost", "perSecond", "actor", "why", "dryRun"};

    @Override
    public Object list(Given given) {
        given.only(with(FILTER, "after", "limit"));
        Letters which = filter(given);
        int limit = given.limit();
        String after = given.text("after");
        List<DeadLetter> rows = letters.list(which, after == null ? null : found(after), limit);
        return Page.of(letters.count(which), rows, limit, LetterView::of, DeadLetter::id);
    }

    @Override
    public Object item(String id, Given given) {
        given.only();
        return LetterView.of(found(id));
    }

    private DeadLetter found(String id) {
        return letters.find(id)
                .orElseThrow(() -> Problem.notFound("There is no dead letter '" + Given.shown(id)
                        + "': it may be settled and purged, see the section audit"));
    }

    private DeadLetter open(String id) {
        DeadLetter letter = found(id);
        if (letter.state() != DeadLetter.State.OPEN) {
            throw Problem.conflict("Dead letter " + id + " is " + letter.state() + ": only open ones can be changed");
        }
        return letter;
    }

    @Override
    public Object act(String operation, Given given) {
        return switch (operation) {
            case "replay" -> replay(given);
            case "edit" -> edit(given);
            case "discard" -> discard(given);
            default -> throw Problem.unknown("operation", operation, List.of("replay", "edit", "discard"));
        };
    }

    private Object replay(Given given) {
        given.only(with(with(FILTER, BY_QUERY), "outOfOrder"));
        Action action = action(given);
        if (!isOne(given)) {
            return letters.replay(filter(given), pace(given), action);
        }
        DeadLetter letter = open(given.required("id"));
        return one(letter.id(), letters.replay(letter.id(), action));
    }

    /** What did not come to an effect is no success. */
    private static Object one(String id, ReplayOutcome outcome) {
        if (outcome instanceof ReplayOutcome.Replayed) {
            return Map.of("id", id, "outcome", "replayed");
        }
        if (outcome instanceof ReplayOutcome.Failed failed) {
            throw Problem.conflict("The replay of dead letter " + id + " failed and was rolled back ("
                    + failed.cause().getClass().getName() + "): the letter stays open, its error says more");
        }
        if (outcome instanceof ReplayOutcome.OutOfOrder) {
            throw Problem.conflict("Dead letter " + id
                    + " is of an ordered listener, and later messages of its key are handled by now: give"
                    + " outOfOrder=true if that is fine");
        }
        if (outcome instanceof ReplayOutcome.NoListener none) {
            throw Problem.conflict("No listener of this application consumes in the group " + none.consumerGroup()
                    + ": replay dead letter " + id + " at an application that has one");
        }
        throw busy(id);
    }

    private static Problem busy(String id) {
        return Problem.conflict(
                "Dead letter " + id + " was not changed, because somebody else is at it: look at it and try again");
    }

    private Object edit(Given given) {
        given.only(with(NewContent.ARGUMENTS, "id", "actor", "why", "dryRun"));
        String id = given.required("id");
        NewContent content = NewContent.of(given);
        Edit edit = new Edit(null, content.headers());
        if (content.payload() != null && content.contentType() != null) {
            edit = edit.payload(content.payload(), content.contentType());
        }
        open(id);
        return done(id, "edited", letters.edit(id, edit, action(given)));
    }

    private Object discard(Given given) {
        given.only(with(FILTER, BY_QUERY));
        Action action = action(given);
        if (!isOne(given)) {
            return letters.discard(filter(given), pace(given), action);
        }
        String id = open(given.required("id")).id();
        return done(id, "discarded", letters.discard(id, action));
    }

    private static Object done(String id, String outcome, boolean done) {
        if (!done) {
            throw busy(id);
        }
        return Map.of("id", id, "outcome", outcome);
    }

    /** Not all there is by leaving something out. */
    private static boolean isOne(Given given) {
        boolean filtered = Stream.of(FILTER).anyMatch(given::has);
        int ways = (given.has("id") ? 1 : 0) + (filtered ? 1 : 0) + (given.flag("all") ? 1 : 0);
        if (ways != 1) {
            throw Problem.badRequest(
                    "Which dead letters is not clear: give an id, or some of " + List.of(FILTER) + ", or all=true");
        }
        return given.has("id");
    }

    private static Letters filter(Given given) {
        Instant from = given.time("from");
        Instant to = given.time("to");
        return new Letters(
                given.text("group"),
                given.text("topic"),
                given.choice("reason", DeadLetterReason.class),
                from == null ? 0 : from.toEpochMilli(),
                to == null ? Long.MAX_VALUE : to.toEpochMilli());
    }

    private static Pace pace(Given given) {
        return new Pace(given.number("atMost", 100, Long.MAX_VALUE), given.rate("perSecond", 50));
    }

    private static Action action(Given given) {
        return new Action(given.actor(), given.required("why"), given.flag("dryRun"), given.flag("outOfOrder"));
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    /** A dead letter as it is shown. */
    record LetterView(
            String id,
            String consumerGroup,
            String key,
            @Nullable String messageId,
            String topic,
            @Nullable String tag,
            @Nullable String orderingKey,
            @Nullable String contentType,
            String payload,
            Map<String, String> headers,
            DeadLetterReason reason,
            String error,
            int attempts,
            Instant writtenAt,
            DeadLetter.State state) {

        static LetterView of(DeadLetter letter) {
            return new LetterView(
                    letter.id(),
                    letter.consumerGroup(),
                    letter.key(),
                    letter.messageId(),
                    letter.topic(),
                    letter.tag(),
                    letter.orderingKey(),
                    letter.contentType(),
                    Masked.payload(letter.size()),
                    Masked.headers(letter.headers()),
                    letter.reason(),
                    letter.error(),
                    letter.attempts(),
                    letter.writtenAt(),
                    letter.state());
        }
    }
}
