package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.broker.RawSend;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** No outbox: what the client takes for a message that is sent right after the commit; of ordered ones one per key at a time. */
public final class RawSending implements Sending {

    private final RawSend raw;
    private final boolean ordered;
    private final Latencies latencies;
    private final Writer writer;
    private final Map<Integer, CompletionStage<Void>> lastOfKey = new ConcurrentHashMap<>();

    public RawSending(RawSend raw, BusinessTransactions business, boolean ordered, Latencies latencies) {
        this.raw = raw;
        this.ordered = ordered;
        this.latencies = latencies;
        writer = new Writer(
                "none",
                Writer.order(ordered),
                null,
                number -> business.transact(number, () -> AfterCommit.run(() -> committed(number))));
    }

    @Override
    public Writer writer() {
        return writer;
    }

    @Override
    public void close() {
        // the client is shared
    }

    private void committed(int number) {
        latencies.committed(number);
        if (ordered) {
            lastOfKey.compute(
                    Keys.indexOf(number),
                    (key, last) -> last == null ? send(number) : last.thenCompose(nothing -> send(number)));
        } else {
            send(number);
        }
    }

    private CompletionStage<Void> send(int number) {
        return raw.send(number, ordered).whenComplete((nothing, failure) -> {
            if (failure == null) {
                latencies.arrived(number);
            } else {
                latencies.failed(failure);
            }
        });
    }
}
