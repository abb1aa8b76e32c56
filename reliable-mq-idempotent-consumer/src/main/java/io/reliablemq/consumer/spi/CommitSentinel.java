package io.reliablemq.consumer.spi;

/** Proof that a transaction is still the one it was: planted after the dedup record, released right before the commit. */
@FunctionalInterface
public interface CommitSentinel {

    /** @throws TransactionLostException when the database rolled back in between; the caller must roll back, too */
    void release();
}
