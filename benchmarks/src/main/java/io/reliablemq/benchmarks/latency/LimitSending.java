package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The hand-written outbox, whose transactions hand their row to its sending thread after the commit. */
public final class LimitSending implements Sending {

    private static final CompletionStage<Void> STORED = CompletableFuture.completedStage(null);

    private final Limit subject;
    private final BusinessTransactions business;
    private final boolean ordered;
    private final Limit.Offers offers;
    private volatile Latencies latencies = new Latencies(0);

    public LimitSending(Limit subject, BusinessTransactions business, boolean ordered) {
        this.subject = subject;
        this.business = business;
        this.ordered = ordered;
        offers = subject.startWithOffers(this::handle, ordered);
    }

    @Override
    public Writer writer() {
        return new Writer(subject.name(), Writer.order(ordered), subject.table(), false, sequence -> {
            Limit.Written written = subject.insertForId(business.jdbc(), sequence, ordered);
            AfterCommit.run(() -> {
                latencies.committed(sequence);
                offers.offer(written);
            });
        });
    }

    @Override
    public void record(Latencies value) {
        latencies = value;
    }

    @Override
    public void close() {
        offers.close();
    }

    private CompletionStage<Void> handle(int sequence) {
        latencies.handled(sequence);
        return STORED;
    }
}
