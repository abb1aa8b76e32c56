package io.reliablemq.benchmarks.subject;

/** An outbox whose table may have a past. */
public interface GrowingSubject extends RelaySubject {

    /** Writes messages 0 to rows - 1 into the table as it is, unordered. */
    void append(int rows);
}
