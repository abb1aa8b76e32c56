package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.broker.RawSend;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;

/** No outbox: what the client takes for a message that is sent right after the commit. */
public final class RawSending implements Sending {

    private final Writer writer;

    public RawSending(RawSend raw, BusinessTransactions business, boolean ordered, Latencies latencies) {
        writer = new Writer(
                "none",
                Writer.order(ordered),
                null,
                number -> business.transact(
                        number,
                        () -> AfterCommit.run(() -> {
                            latencies.committed(number);
                            raw.send(number, ordered).whenComplete((receipt, failure) -> {
                                if (failure == null) {
                                    latencies.arrived(number);
                                } else {
                                    latencies.failed(failure);
                                }
                            });
                        })));
    }

    @Override
    public Writer writer() {
        return writer;
    }

    @Override
    public void close() {
        // the client is shared
    }
}
