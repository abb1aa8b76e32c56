package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Fate;
import java.util.List;

/** Messages that were sent, or skipped, and are kept. */
record ArchiveSection(OutboxOperations operations) implements Section {

    record Count(long messages) {}

    @Override
    public Object list(Given given) {
        given.only("fate", "from", "to", "topic");
        return new Count(operations.count(range(given)));
    }

    @Override
    public Object act(String operation, Given given) {
        if (!operation.equals("replay")) {
            throw Problem.unknown("operation", operation, List.of("replay"));
        }
        given.only("fate", "from", "to", "topic", "atMost", "actor", "why", "dryRun");
        long atMost = given.number("atMost", OutboxOperations.MOST, Long.MAX_VALUE);
        return operations.replay(range(given), atMost, ParkedSection.action(given));
    }

    private static Archived range(Given given) {
        Fate fate = given.choice("fate", Fate.class);
        return new Archived(
                fate == null ? Fate.SENT : fate,
                given.requiredTime("from").toEpochMilli(),
                given.requiredTime("to").toEpochMilli(),
                given.text("topic"));
    }
}
