package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.subject.TransactionOutboxPeer;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;

/** transaction-outbox, which submits a message to its threads right after the commit. */
public final class TransactionOutboxSending implements Sending {

    private final TransactionOutboxPeer.Running running;
    private final Writer writer;

    /** @param subject on the DataSource of the business */
    public TransactionOutboxSending(TransactionOutboxPeer subject, BusinessTransactions business, Latencies latencies) {
        running = subject.relaying(latencies::arrived);
        writer = new Writer(
                subject.name(),
                Writer.order(false),
                subject.table(),
                number -> running.transact(
                        connection -> business.insertOrder(connection, number),
                        number,
                        () -> latencies.committed(number)));
    }

    @Override
    public Writer writer() {
        return writer;
    }

    @Override
    public void close() {
        running.close();
    }
}
