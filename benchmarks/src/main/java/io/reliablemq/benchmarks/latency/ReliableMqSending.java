package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reliable MQ with a running relay that owns all lanes. */
public final class ReliableMqSending implements Sending {

    private static final CompletionStage<SendOutcome> STORED =
            CompletableFuture.completedStage(new SendOutcome.Stored());
    private static final long POLL_NANOS = 1_000_000;

    private final ReliableMq subject;
    private final OutboxRelay relay;
    private final Outbox outbox;
    private final boolean ordered;
    private volatile Latencies latencies = new Latencies(0);

    public ReliableMqSending(ReliableMq subject, BusinessTransactions business, boolean ordered) {
        this.subject = subject;
        this.ordered = ordered;
        relay = subject.relay(this::handle, RelayObserver.NONE);
        outbox = subject.outbox(business.dataSource(), relay);
        relay.start();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (relay.status().lanes() < subject.lanes()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("The relay does not own all lanes after a minute");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public Writer writer() {
        return new Writer(subject.name(), Writer.order(ordered), subject.table(), true, sequence -> {
            outbox.send(Writer.message(sequence, ordered));
            AfterCommit.run(() -> latencies.committed(sequence));
        });
    }

    @Override
    public void record(Latencies value) {
        latencies = value;
    }

    @Override
    public void close() {
        relay.stop();
    }

    private CompletionStage<SendOutcome> handle(OutgoingMessage message) {
        latencies.handled(Payloads.sequence(message.payload()));
        return STORED;
    }
}
