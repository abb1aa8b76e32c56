package io.reliablemq.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What operators do: look at parked messages, release, edit or skip them, send archived ones again, and change the number of
 * lanes.
 *
 * <p><b>Guarantee</b>: a message keeps its id through all of it, so that idempotent listeners apply it once. Every call that
 * changes something takes who does it and why, and writes both to {@code reliable_mq_outbox_audit} in the transaction of the change.
 * The same call with {@link Action#asDryRun()} changes nothing, records nothing, and answers what would be done.
 *
 * <p><b>Transaction</b>: each call is one of its own of at most {@value #MOST} messages, never a business transaction of the caller,
 * and is committed when it returns; {@link #replay} is several. Never waits for a business transaction: what is just being cancelled is passed over.
 *
 * <p><b>Thread</b>: safe for use by any thread and by several processes at once; each message is changed by one of them.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}; whether the call took effect is then told by {@link #audit}. An
 * {@link IllegalArgumentException} for what makes no sense; nothing was changed then.
 */
public interface OutboxOperations {

    /** So many messages in one call at most. */
    int MOST = 1000;

    /**
     * Parked messages, the oldest first.
     *
     * @param after the last of the page before, or null for the first page
     * @param limit at most that many, up to {@value #MOST}
     */
    List<ParkedMessage> parked(Parked which, @Nullable ParkedMessage after, int limit);

    long count(Parked which);

    /** The payload of a parked message as it is stored: compressed or encrypted where its content type says so. */
    Optional<Payload> payload(UUID messageId);

    /**
     * Puts parked messages back to where they were, before everything that was written later under their keys. The relay finds
     * them with its next sweep, or with the next message of their key. A message behind one of its key that stays parked is not
     * released but counted as blocked: it would only be parked again.
     *
     * @param atMost how many, up to {@value #MOST}
     */
    Outcome release(Parked which, int atMost, Action action);

    /**
     * Changes a parked message, which stays parked. Its version before is kept in the archive.
     *
     * @throws MessageRejectedException when the broker would refuse what comes out
     */
    Outcome edit(UUID messageId, Edit edit, Action action);

    /**
     * Takes a parked message out, so that those behind it can be released. It is kept in the archive, from which it can be
     * replayed until {@code reliable-mq.outbox.retention} has passed.
     */
    Outcome skip(UUID messageId, Action action);

    long count(Archived which);

    /**
     * Puts archived messages back into the outbox, the one that left it first going first, so that the messages of a key keep
     * their order; all come after what waits in the outbox already. In batches, each a transaction with its own row in the audit. Ends
     * where somebody else is at a message, who replays or purges it: waits for nobody.
     * After a crash, or when it has thrown, run it again with the same range: what is in the outbox by then is not in the archive
     * any more, and what has been stored again is archived anew, after the end of the range.
     *
     * @param atMost how many in this call; what one that has died has moved does not count
     * @throws IllegalArgumentException when the range ends in the future of the database's clock: what is stored again would be
     *     in it
     */
    Replayed replay(Archived which, long atMost, Action action);

    /** How many lanes there are, and how far a change has come. While one goes on it reads through the whole outbox. */
    Lanes lanes();

    /**
     * Changes the number of lanes, while everything goes on: no message is lost, none overtakes an earlier one of its key, no business
     * transaction waits. Returns when the change is announced; {@link #lanes} tells when it has ended. Every process must run a
     * release that knows of it.
     *
     * @param lanes 1 to 1024; what is so already, or is on its way, is not done again
     * @return what there is then; in a dry run what would be
     * @throws IllegalArgumentException when it is not 1 to 1024
     * @throws IllegalStateException when another change goes on
     */
    Lanes changeLanes(int lanes, Action action);

    /**
     * What was done, the latest first.
     *
     * @param before the last of the page before, or null for the first page
     */
    List<Deed> audit(@Nullable Deed before, int limit);

    /** What an operator can do. */
    enum Operation {
        RELEASE,
        EDIT,
        SKIP,
        REPLAY,
        CHANGE_LANES
    }

    /**
     * @param actor who does it, at most 255 characters
     * @param reason why, at most 1000 characters
     * @param dryRun whether only to answer what would be done
     */
    record Action(String actor, String reason, boolean dryRun) {

        public Action {
            requireText("actor", actor, 255);
            requireText("reason", reason, 1000);
        }

        public static Action by(String actor, String reason) {
            return new Action(actor, reason, false);
        }

        public Action asDryRun() {
            return new Action(actor, reason, true);
        }

        private static void requireText(String name, String value, int limit) {
            if (value.isBlank() || value.length() > limit || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("The " + name + " of an operator's action has " + value.length()
                        + " characters: give 1 to " + limit + " that are not all blank, without control characters");
            }
        }
    }

    /**
     * Parked messages that have all that is not null.
     *
     * @param reason a part of the reason why they were parked; messages behind such a one of their key count as well
     */
    record Parked(
            @Nullable String topic,
            @Nullable String orderingKey,
            @Nullable String reason,
            @Nullable UUID messageId) {

        public static Parked all() {
            return new Parked(null, null, null, null);
        }

        public static Parked message(UUID id) {
            return new Parked(null, null, null, Objects.requireNonNull(id));
        }

        public static Parked topic(String topic) {
            return new Parked(Objects.requireNonNull(topic), null, null, null);
        }

        /** Those with an ordering key, which means something within its topic only. */
        public static Parked key(String topic, String orderingKey) {
            return new Parked(Objects.requireNonNull(topic), Objects.requireNonNull(orderingKey), null, null);
        }

        public Parked withReason(String part) {
            return new Parked(topic, orderingKey, Objects.requireNonNull(part), messageId);
        }

        /** For the audit. */
        @Override
        public String toString() {
            return "parked messages" + part("topic", topic) + part("ordering key", orderingKey)
                    + part("reason with", reason) + part("id", messageId);
        }

        private static String part(String name, @Nullable Object value) {
            return value == null ? "" : ", " + name + " " + value;
        }
    }

    /**
     * A parked message without its payload.
     *
     * @param size of the payload, in bytes
     * @param reason what the broker said, or that it is behind others of its key
     * @param parkedAtMs milliseconds since the epoch, by the database's clock
     * @param unsent whether it is certain that no broker has stored it
     * @param lane part of its place
     * @param row part of its place: the lower one goes first
     */
    record ParkedMessage(
            UUID id,
            String topic,
            @Nullable String tag,
            @Nullable String key,
            @Nullable String orderingKey,
            String contentType,
            int size,
            Map<String, String> headers,
            String reason,
            long parkedAtMs,
            boolean unsent,
            int lane,
            long row) {

        public Instant parkedAt() {
            return Instant.ofEpochMilli(parkedAtMs);
        }

        /** For logs: no header's value. */
        @Override
        public String toString() {
            return "parked message " + id + " to " + topic + (tag == null ? "" : ":" + tag) + ", " + size + " bytes";
        }
    }

    /**
     * What to change; null for what stays.
     *
     * @param tag the new one; empty for none
     * @param headers all of them
     */
    record Edit(
            @Nullable String topic,
            @Nullable String tag,
            @Nullable Map<String, String> headers,
            @Nullable Payload payload) {

        public Edit {
            headers = headers == null ? null : Map.copyOf(headers);
        }

        public static Edit nothing() {
            return new Edit(null, null, null, null);
        }

        public Edit topic(String value) {
            return new Edit(value, tag, headers, payload);
        }

        public Edit tag(String value) {
            return new Edit(topic, value, headers, payload);
        }

        public Edit headers(Map<String, String> value) {
            return new Edit(topic, tag, value, payload);
        }

        /** Compressed and encrypted as {@code send} would do it. */
        public Edit payload(byte[] value, String contentType) {
            return new Edit(topic, tag, headers, new Payload(value, contentType));
        }

        /** For logs: which fields, not their values. */
        @Override
        public String toString() {
            return "edit of" + (topic == null ? "" : " topic") + (tag == null ? "" : " tag")
                    + (headers == null ? "" : " headers") + (payload == null ? "" : " payload");
        }
    }

    /** @param contentType media type, for example {@code application/json} */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared
    record Payload(byte[] bytes, String contentType) {}

    /** How a message got into the archive. */
    enum Fate {
        /** The broker has confirmed that it is stored. */
        SENT,
        /** An operator has skipped it. */
        SKIPPED
    }

    /**
     * Archived messages.
     *
     * @param fromMs from that time on, milliseconds since the epoch by the database's clock: when they were archived
     * @param toMs before that time
     * @param topic null for all
     */
    record Archived(
            Fate fate, long fromMs, long toMs, @Nullable String topic) {

        public Archived {
            if (fromMs > toMs) {
                throw new IllegalArgumentException("The range of archived messages begins at "
                        + Instant.ofEpochMilli(fromMs) + " and ends before that, at " + Instant.ofEpochMilli(toMs)
                        + ": exchange the two");
            }
        }

        public static Archived sent(Instant from, Instant to) {
            return new Archived(Fate.SENT, from.toEpochMilli(), to.toEpochMilli(), null);
        }

        public static Archived skipped(Instant from, Instant to) {
            return new Archived(Fate.SKIPPED, from.toEpochMilli(), to.toEpochMilli(), null);
        }

        public Archived topic(String value) {
            return new Archived(fate, fromMs, toMs, Objects.requireNonNull(value));
        }

        /** For the audit. */
        @Override
        public String toString() {
            return fate.name().toLowerCase(Locale.ROOT) + " messages from " + Instant.ofEpochMilli(fromMs) + " to "
                    + Instant.ofEpochMilli(toMs) + (topic == null ? "" : ", topic " + topic);
        }
    }

    /**
     * What was done, or in a dry run would be.
     *
     * @param messages the ids of the messages that were changed, in the order in which they will go
     * @param blocked messages that were left because an earlier one of their key stays parked
     * @param more whether the same call would find others, beyond its limit or while somebody else works on them
     * @param perhapsStored whether an earlier version of an edited or skipped message may have been stored by the broker:
     *     listeners that have applied it ignore the edited one, and a skipped one may have its effect all the same
     */
    record Outcome(List<UUID> messages, int blocked, boolean more, boolean perhapsStored) {

        public static final Outcome NOTHING = new Outcome(List.of(), 0, false, false);

        public Outcome {
            messages = List.copyOf(messages);
        }
    }

    /**
     * How much was replayed, or in a dry run would be.
     *
     * @param more whether there are others in the range, beyond the limit or while somebody else works on them
     */
    record Replayed(long messages, boolean more) {}

    /** How far a change of the number of lanes has come. */
    enum Stage {
        /** None goes on. */
        SETTLED,
        /** Messages are written with the number before, until every process knows that there will be another. */
        ANNOUNCED,
        /** Messages are written with the new number; what was written before is still on its way. */
        SWITCHED
    }

    /**
     * The number of lanes.
     *
     * @param from before the change
     * @param to after it; the same when none goes on
     * @param misplaced waiting messages with an ordering key that belongs to another lane by {@code to}: the change ends when they
     *     are sent
     * @param misplacedParked the same of parked messages: the change ends when they are released, or skipped
     * @param waitingFor processes that have not acknowledged this stage yet
     */
    record Lanes(Stage stage, int from, int to, long misplaced, long misplacedParked, List<String> waitingFor) {

        public Lanes {
            waitingFor = List.copyOf(waitingFor);
        }
    }

    /**
     * What an operator did: one row of the audit. Also published as an application event after the commit.
     *
     * @param id of the row; 0 in the event
     * @param detail which messages were meant, and what was changed; never a payload or a header's value
     * @param messages ids of the messages that were changed
     * @param performedAtMs milliseconds since the epoch, by the database's clock
     */
    record Deed(
            long id,
            Operation operation,
            String actor,
            String reason,
            String detail,
            List<UUID> messages,
            long performedAtMs) {

        public Deed {
            messages = List.copyOf(messages);
        }

        public Instant performedAt() {
            return Instant.ofEpochMilli(performedAtMs);
        }
    }
}
