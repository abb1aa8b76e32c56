package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * The hand-written outbox, whose transactions wake its reading thread after the commit, or hand their row to its sending
 * thread. In an application the latter keeps no order: what runs after two commits may run in another order than they.
 */
public final class LimitSending implements Sending {

    private static final CompletionStage<Void> STORED = CompletableFuture.completedStage(null);

    private final Limit.Offers offers;
    private final Writer writer;

    /** @param inMemory hands the row over, else the table is read */
    public LimitSending(
            Limit subject, BusinessTransactions business, boolean ordered, boolean inMemory, Latencies latencies) {
        IntFunction<CompletionStage<Void>> sender = sequence -> {
            latencies.arrived(sequence);
            return STORED;
        };
        offers = inMemory ? subject.startWithOffers(sender, ordered) : subject.startWoken(sender, ordered);
        writer = new Writer(
                subject.name(),
                Writer.order(ordered) + (ordered && inMemory ? ", in memory" : ""),
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
