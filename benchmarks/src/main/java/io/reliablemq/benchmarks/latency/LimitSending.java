package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The hand-written outbox, whose transactions hand their row to its sending thread after the commit. */
public final class LimitSending implements Sending {

    private static final CompletionStage<Void> STORED = CompletableFuture.completedStage(null);

    private final Limit.Offers offers;
    private final Writer writer;

    public LimitSending(Limit subject, BusinessTransactions business, boolean ordered, Latencies latencies) {
        offers = subject.startWithOffers(
                sequence -> {
                    latencies.arrived(sequence);
                    return STORED;
                },
                ordered);
        writer = new Writer(
                subject.name(),
                Writer.order(ordered),
                subject.table(),
                number -> business.transact(number, () -> {
                    Limit.Written written = subject.insertForId(business.jdbc(), number, ordered);
                    AfterCommit.run(() -> {
                        latencies.committed(number);
                        offers.offer(written);
                    });
                }));
    }

    @Override
    public Writer writer() {
        return writer;
    }

    @Override
    public void close() {
        offers.close();
    }
}
