package io.reliablemq.reliability.fault;

import java.util.Optional;
import java.util.OptionalLong;

/** One thing that is done to the system and undone later. Used by one thread. */
public interface Fault {

    /** What it hits; two faults of one target are never on at once. */
    String target();

    /**
     * Answers when it has struck, in milliseconds since the epoch, or nothing: a trap that nothing stepped into has not. What does its
     * harm little by little has struck when it began. It is healed all the same.
     */
    OptionalLong strike() throws Exception;

    /** What it turned out to be when it struck: less than what was planned, perhaps, but what was done is written down. */
    default FaultKind kind(FaultKind planned) {
        return planned;
    }

    /** Why it counts for nothing although it has struck: nobody has noticed it. Asked before it is healed. */
    default Optional<String> inVain() throws Exception {
        return Optional.empty();
    }

    /** Returns when what was hit works again. */
    void heal() throws Exception;
}
