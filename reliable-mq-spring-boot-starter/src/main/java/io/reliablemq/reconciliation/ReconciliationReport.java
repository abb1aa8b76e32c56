package io.reliablemq.reconciliation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison came to.
 *
 * @param from messages that left the outbox from that time on, by its database's clock
 * @param to and before that time
 * @param at when it began, by the same clock
 * @param unknown what could not be known, and how that can change; empty when all was compared
 */
public record ReconciliationReport(
        Instant from, Instant to, Instant at, Duration took, List<String> unknown, List<Group> groups) {

    public ReconciliationReport {
        unknown = List.copyOf(unknown);
        groups = List.copyOf(groups);
    }

    /** In one word. */
    public enum Verdict {
        /** All that was to arrive has arrived, or is known to be dead. */
        COMPLETE,
        /** Something is missing. */
        GAPS,
        /** Nothing is known to be missing, but not all could be compared. */
        UNKNOWN
    }

    /** What is told of a message. */
    public enum Kind {
        /** It was sent, and its group has never seen it. */
        MISSING,
        /** It was applied later than it should have been. */
        LATE,
        /** A dead letter, given up, parked, or skipped by an operator. */
        DEAD
    }

    /**
     * One consumer group.
     *
     * @param compared messages of the archive that the group should have seen
     * @param applied those whose effect is committed, late ones included
     * @param inFlight those that are too young to be missing, or are tried again
     * @param waiting messages of the topic that are still in the outbox, delayed ones included
     * @param named those that are missing, late or dead; of each kind not more than configured
     */
    public record Group(
            String group,
            String topic,
            long compared,
            long applied,
            long missing,
            long late,
            long dead,
            long inFlight,
            long waiting,
            List<Named> named) {

        public Group {
            named = List.copyOf(named);
        }

        /** How many of those that are named as missing brokers say this of. */
        public long missing(Whereabouts whereabouts) {
            return named.stream()
                    .filter(one -> one.kind() == Kind.MISSING && one.broker() == whereabouts)
                    .count();
        }

        /** Of the same message, the same group. */
        public List<UUID> ids(Kind kind) {
            return named.stream()
                    .filter(one -> one.kind() == kind)
                    .map(Named::messageId)
                    .toList();
        }
    }

    /**
     * One message.
     *
     * @param sentAt when it left the outbox, or was to be delivered; of a parked one when it was parked
     * @param appliedAt when it was applied or given up, or null
     * @param broker whether the broker has a missing one
     */
    public record Named(
            Kind kind,
            UUID messageId,
            Instant sentAt,
            @Nullable Instant appliedAt,
            String detail,
            Whereabouts broker) {

        /** @param stored null when it is not known */
        Named at(@Nullable Boolean stored) {
            if (stored == null) {
                return this;
            }
            return new Named(
                    kind,
                    messageId,
                    sentAt,
                    appliedAt,
                    detail + (stored ? "; the broker has it" : "; no broker has it"),
                    stored ? Whereabouts.STORED : Whereabouts.GONE);
        }
    }

    /** What brokers say of a missing message. */
    public enum Whereabouts {
        /** One has it: the group has not come to it yet, or its position is behind it. */
        STORED,
        /** None has it: it was deleted with its file, or a disk was lost. */
        GONE,
        /** Nobody could be asked, or not all have answered, or it was not asked for. */
        UNKNOWN
    }

    public Verdict verdict() {
        if (missing() > 0) {
            return Verdict.GAPS;
        }
        return unknown.isEmpty() ? Verdict.COMPLETE : Verdict.UNKNOWN;
    }

    public long missing() {
        return groups.stream().mapToLong(Group::missing).sum();
    }

    public long late() {
        return groups.stream().mapToLong(Group::late).sum();
    }

    public long dead() {
        return groups.stream().mapToLong(Group::dead).sum();
    }

    /** The same to be stored or sent elsewhere: a line of JSON for the report, one for each group, one for each message that is named. */
    public Stream<String> jsonLines() {
        return ReportLines.of(this);
    }
}
