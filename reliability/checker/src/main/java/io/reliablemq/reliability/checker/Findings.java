package io.reliablemq.reliability.checker;

import java.util.ArrayList;
import java.util.List;

/** Collects violations. */
final class Findings {

    private final List<Violation> violations = new ArrayList<>();
    private int missing;

    void add(Violation violation) {
        violations.add(violation);
    }

    /** One more effect that is not there. */
    void missing() {
        missing++;
    }

    int countMissing() {
        return missing;
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }
}
