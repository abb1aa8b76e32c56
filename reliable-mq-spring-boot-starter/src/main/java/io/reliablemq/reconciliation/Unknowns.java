package io.reliablemq.reconciliation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a comparison cannot say, and why. */
final class Unknowns {

    private final Duration retention;
    private final List<ExpectedGroup> groups;
    private long reachable = Long.MIN_VALUE;

    Unknowns(Duration retention, List<ExpectedGroup> groups) {
        this.retention = retention;
        this.groups = groups;
    }

    /** None without an archive: what was sent is gone. */
    List<ExpectedGroup> comparable() {
        return retention.isZero()
                ? List.of()
                : groups.stream().filter(group -> group.incomparable() == null).toList();
    }

    /** What is older may have been purged, from the archive or from an inbox. */
    long reachable(long now) {
        Duration kept = comparable().stream()
                .map(ExpectedGroup::dedupWindow)
                .reduce(retention, (one, other) -> one.compareTo(other) < 0 ? one : other);
        reachable = now - kept.toMillis();
        return reachable;
    }

    List<String> reasons(Instant from) {
        List<String> reasons = new ArrayList<>();
        if (retention.isZero()) {
            reasons.add("reliable-mq.outbox.retention is off: what was sent is deleted, and nobody can say what is"
                    + " missing. Set it to at least the window that is to be compared");
        } else if (from.toEpochMilli() < reachable) {
            reasons.add("What left the outbox from " + from + " to " + Instant.ofEpochMilli(reachable)
                    + " is out of reach: it is older than reliable-mq.outbox.retention or a dedup window, so its rows or"
                    + " records may be purged. Compare a later window, or keep both for longer");
        }
        if (groups.isEmpty()) {
            reasons.add("There is no consumer group to compare with: this application has no listeners. Name groups in"
                    + " reliable-mq.reconciliation.groups");
        }
        for (ExpectedGroup group : groups) {
            if (group.incomparable() != null) {
                reasons.add("Group " + group.group() + " cannot be compared: " + group.incomparable());
            }
        }
        return reasons;
    }
}
