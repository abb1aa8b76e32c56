package io.reliablemq.benchmarks.latency;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Runs as soon as the database has committed the current transaction. */
record AfterCommit(Runnable task) implements TransactionSynchronization {

    static void run(Runnable task) {
        TransactionSynchronizationManager.registerSynchronization(new AfterCommit(task));
    }

    @Override
    public void afterCommit() {
        task.run();
    }
}
