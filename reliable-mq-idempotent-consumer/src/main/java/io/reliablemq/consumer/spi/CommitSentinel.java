package io.reliablemq.consumer.spi;

/**
 * Proof that a transaction is still the one that wrote the dedup record: planted with the record, released right before the
 * commit.
 */
@FunctionalInterface
public interface CommitSentinel {

    /** @throws TransactionLostException when the database rolled back in between; the caller must roll back, too */
    void release();
}
