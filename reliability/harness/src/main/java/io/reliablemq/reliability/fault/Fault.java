package io.reliablemq.reliability.fault;

/** One thing that is done to the system and undone later. Used by one thread. */
public interface Fault {

    /** What it hits; two faults of one target are never on at once. */
    String target();

    /** Answers whether it has struck: a trap that nothing stepped into has not. It is healed all the same. */
    boolean strike() throws Exception;

    /** Returns when what was hit works again. */
    void heal() throws Exception;
}
