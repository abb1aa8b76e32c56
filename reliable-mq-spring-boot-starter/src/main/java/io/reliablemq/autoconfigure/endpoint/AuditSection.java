package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.outbox.OutboxOperations;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators did, the latest first. Either may be missing. */
record AuditSection(
        @Nullable OutboxOperations outbox, @Nullable DeadLetters letters) implements Section {

    /** Whose audit. */
    enum Of {
        OUTBOX,
        DEAD_LETTERS
    }

    /** @param next what to give as {@code before} for the next page; null on the last one */
    record AuditView(List<?> deeds, @Nullable Long next) {}

    @Override
    public Object list(Given given) {
        given.only("of", "before", "limit");
        given.required("of");
        long before = given.number("before", Long.MAX_VALUE, Long.MAX_VALUE);
        int limit = given.limit();
        return given.choice("of", Of.class) == Of.OUTBOX ? ofOutbox(before, limit) : ofLetters(before, limit);
    }

    private Object ofOutbox(long before, int limit) {
        if (outbox == null) {
            throw Problem.notFound("This application has no outbox: ask one that has");
        }
        List<OutboxOperations.Deed> deeds = outbox.audit(
                new OutboxOperations.Deed(before, OutboxOperations.Operation.RELEASE, "", "", "", List.of(), 0), limit);
        return new AuditView(
                deeds, deeds.size() < limit ? null : deeds.get(limit - 1).id());
    }

    private Object ofLetters(long before, int limit) {
        if (letters == null) {
            throw Problem.notFound("This application has no listeners: ask one that has");
        }
        List<DeadLetters.Deed> deeds =
                letters.audit(new DeadLetters.Deed(before, DeadLetters.Operation.REPLAY, "", "", "", "", 0), limit);
        return new AuditView(
                deeds, deeds.size() < limit ? null : deeds.get(limit - 1).id());
    }
}
