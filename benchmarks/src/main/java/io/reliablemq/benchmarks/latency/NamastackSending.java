package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.subject.NamastackPeer;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;

/** namastack-outbox, which polls. */
public final class NamastackSending implements Sending {

    private final NamastackPeer.Running running;
    private final Writer writer;

    /** @param subject on the DataSource of the business */
    public NamastackSending(
            NamastackPeer subject, BusinessTransactions business, boolean ordered, Latencies latencies) {
        running = subject.relaying(ordered, latencies::arrived);
        writer = new Writer(
                subject.name(),
                Writer.order(ordered),
                subject.table(),
                number -> business.transact(number, () -> {
                    running.schedule(number, ordered);
                    AfterCommit.run(() -> latencies.committed(number));
                }));
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
