package io.reliablemq.consumer;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were taken out of the flow, and the ways back: list, replay, edit, discard.
 *
 * <p><b>Guarantee</b>: a letter's effect is applied at most once, however often and wherever it is replayed, and a redelivery of
 * its message finds the letter's dedup record. Every call that changes something takes who does it and why, and writes both to
 * {@code reliable_mq_inbox_audit} in the transaction of the change. The same call with {@link Action#asDryRun()} changes nothing,
 * runs no handler, records nothing, and answers what would be done.
 *
 * <p><b>Transaction</b>: each call is one of its own, suspending the caller's; a replay or discard by query is one per letter. Never waits for a
 * letter that somebody else works on: it is passed over. <b>Thread</b>: any, and several processes at once; a replay runs the handler on the
 * calling thread.
 *
 * <p><b>Order</b>: a replayed message comes after messages of its ordering key that were written later, and nothing keeps it from
 * being handled at the same time as one of them, here or in another process. Where the listener is ordered it is therefore refused
 * ({@link ReplayOutcome.OutOfOrder}) unless the action says {@link Action#asOutOfOrder()}. To have it alone, stop the listener in all
 * processes ({@link ListenerRegistry#stop}), replay, and start it again: a replay needs no running listener.
 *
 * <p><b>Errors</b>: an unreachable database throws; whether the call took effect is then told by {@link #find} and {@link #audit}. An
 * {@link IllegalArgumentException} for what makes no sense; nothing was changed then.
 */
public interface DeadLetters {

    /** So many letters on one page at most. */
    int MOST = 1000;

    /**
     * Open letters, the oldest first.
     *
     * @param after the last of the page before, or null for the first page
     * @param limit at most that many, up to {@value #MOST}
     */
    List<DeadLetter> list(Letters which, @Nullable DeadLetter after, int limit);

    /** How many letters wait for a decision. */
    long count(Letters which);

    /** One letter, whatever its state. */
    Optional<DeadLetter> find(String id);

    /** The payload as it came, or as it was edited: compressed or encrypted where its content type says so. */
    Optional<Payload> payload(String id);

    /** Runs the group's handler again; the letter is settled in the transaction of the effect, or stays open. */
    ReplayOutcome replay(String id, Action action);

    /**
     * Replays open letters one after the other, the oldest first, each in a transaction of its own. One that fails stays open and is not
     * tried twice. Returns early, with {@code more}, when the calling thread is interrupted. After a crash, call it again:
     * what was replayed is not open any more.
     */
    Replayed replay(Letters which, Pace pace, Action action);

    /**
     * Changes payload or headers of an open letter, which stays open under its dedup key: a redelivery of the original message
     * is still a duplicate. What it was before is kept as a letter in state {@link DeadLetter.State#REPLACED} as long as settled
     * letters are. A payload is stored as given, neither compressed nor encrypted.
     *
     * @return whether the letter was open
     */
    boolean edit(String id, Edit edit, Action action);

    /** Gives the message up for good: it stays known to the dedup, and is never handled. Answers whether the letter was open. */
    boolean discard(String id, Action action);

    /**
     * Discards open letters one after the other, the oldest first, each in a transaction of its own with its row in the audit. Returns early,
     * with {@code more}, when the calling thread is interrupted. After a crash, or an exception, call it again: what was discarded is
     * not open any more.
     */
    Discarded discard(Letters which, Pace pace, Action action);

    /**
     * What was done, the latest first.
     *
     * @param before the last of the page before, or null for the first page
     */
    List<Deed> audit(@Nullable Deed before, int limit);

    /** What an operator can do. */
    enum Operation {
        REPLAY,
        EDIT,
        DISCARD
    }

    /**
     * @param actor who does it, at most 255 characters
     * @param reason why, at most 1000 characters
     * @param dryRun whether only to answer what would be done
     * @param outOfOrder whether to replay letters of ordered listeners, too
     */
    record Action(String actor, String reason, boolean dryRun, boolean outOfOrder) {

        public Action {
            requireText("actor", actor, 255);
            requireText("reason", reason, 1000);
        }

        public static Action by(String actor, String reason) {
            return new Action(actor, reason, false, false);
        }

        public Action asDryRun() {
            return new Action(actor, reason, true, outOfOrder);
        }

        /** Accepts that the message is handled after, or beside, later ones of its ordering key. */
        public Action asOutOfOrder() {
            return new Action(actor, reason, dryRun, true);
        }

        private static void requireText(String name, String value, int limit) {
            if (value.isBlank() || value.length() > limit || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("The " + name + " of an operator's action has " + value.length()
                        + " characters: give 1 to " + limit + " that are not all blank, without control characters");
            }
        }
    }

    /**
     * Open letters that have all that is not null.
     *
     * @param fromMs written from that time on, milliseconds since the epoch by the database's clock
     * @param toMs written before that time
     */
    record Letters(
            @Nullable String consumerGroup,
            @Nullable String topic,
            @Nullable DeadLetterReason reason,
            long fromMs,
            long toMs) {

        public Letters {
            if (fromMs > toMs) {
                throw new IllegalArgumentException("The range of dead letters begins at " + Instant.ofEpochMilli(fromMs)
                        + " and ends before that, at " + Instant.ofEpochMilli(toMs) + ": exchange the two");
            }
        }

        public static Letters all() {
            return new Letters(null, null, null, 0, Long.MAX_VALUE);
        }

        public static Letters ofGroup(String consumerGroup) {
            return new Letters(Objects.requireNonNull(consumerGroup), null, null, 0, Long.MAX_VALUE);
        }

        public Letters topic(String value) {
            return new Letters(consumerGroup, Objects.requireNonNull(value), reason, fromMs, toMs);
        }

        public Letters reason(DeadLetterReason value) {
            return new Letters(consumerGroup, topic, Objects.requireNonNull(value), fromMs, toMs);
        }

        /** Written from the first time on and before the second one, by the database's clock. */
        public Letters written(Instant from, Instant to) {
            return new Letters(consumerGroup, topic, reason, from.toEpochMilli(), to.toEpochMilli());
        }
    }

    /**
     * How fast and how far a replay or discard by query goes.
     *
     * @param atMost so many letters in this call
     * @param perSecond so many letters in a second at most
     */
    record Pace(long atMost, double perSecond) {

        public Pace {
            if (atMost < 1 || !(perSecond > 0)) {
                throw new IllegalArgumentException("The pace is " + atMost + " letters at " + perSecond
                        + " per second: give at least 1 letter, and more than 0 per second");
            }
        }
    }

    /**
     * What to change; null for what stays.
     *
     * @param headers all of them
     */
    record Edit(@Nullable Payload payload, @Nullable Map<String, String> headers) {

        public Edit {
            headers = headers == null ? null : Map.copyOf(headers);
        }

        public static Edit nothing() {
            return new Edit(null, null);
        }

        public Edit payload(byte[] value, String contentType) {
            return new Edit(new Payload(value, contentType), headers);
        }

        public Edit headers(Map<String, String> value) {
            return new Edit(payload, value);
        }

        /** For logs: which fields, not their values. */
        @Override
        public String toString() {
            return "edit of" + (payload == null ? "" : " payload") + (headers == null ? "" : " headers");
        }
    }

    /** @param contentType media type, or null when the producer did not say */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared
    record Payload(byte[] bytes, @Nullable String contentType) {}

    /**
     * What a replay by query came to, or in a dry run would.
     *
     * @param replayed their effects are committed; in a dry run: they would be tried
     * @param failed rolled back, and open as before
     * @param passedOver open as before: without a listener here, of an ordered listener, or in somebody else's hands
     * @param more whether the call ended at its bound, or interrupted, before it had looked at all
     */
    record Replayed(long replayed, long failed, long passedOver, boolean more) {}

    /**
     * What a discard by query came to, or in a dry run would.
     *
     * @param discarded given up for good
     * @param passedOver open as before: in somebody else's hands
     * @param more whether the call ended at its bound, or interrupted, before it had looked at all
     */
    record Discarded(long discarded, long passedOver, boolean more) {}

    /**
     * What an operator did: one row of the audit. Also published as an application event after the commit.
     *
     * @param id of the row; 0 in the event
     * @param detail what was changed or what failed; never a payload or a header's value
     * @param letterId of the dead letter
     * @param performedAtMs milliseconds since the epoch, by the database's clock
     */
    record Deed(
            long id,
            Operation operation,
            String actor,
            String reason,
            String detail,
            String letterId,
            long performedAtMs) {

        public Instant performedAt() {
            return Instant.ofEpochMilli(performedAtMs);
        }
    }
}
