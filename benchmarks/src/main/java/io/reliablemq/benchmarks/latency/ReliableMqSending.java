package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reliable MQ with a running relay that owns all lanes. */
public final class ReliableMqSending implements Sending {

    /** Behind the name of an order, where the classic client sends. */
    public static final String REMOTING = ", remoting";

    private static final CompletionStage<SendOutcome> STORED =
            CompletableFuture.completedStage(new SendOutcome.Stored());
    private static final long POLL_NANOS = 1_000_000;

    private final OutboxRelay relay;
    private final Writer writer;

    private ReliableMqSending(OutboxRelay relay, Writer writer) {
        this.relay = relay;
        this.writer = writer;
    }

    /** A message has arrived when the relay hands it to its sender. */
    public static Sending toHandler(
            ReliableMq subject, BusinessTransactions business, boolean ordered, Latencies latencies) {
        MessageSender handler = message -> {
            latencies.arrived(Payloads.sequence(message.payload()));
            return STORED;
        };
        return start(subject, business, new Destination(handler, "benchmark", ordered, ""), latencies);
    }

    /** A message has arrived when the broker has acknowledged it. */
    public static Sending toBroker(
            ReliableMq subject,
            BusinessTransactions business,
            BenchmarkBroker broker,
            boolean ordered,
            Latencies latencies) {
        MessageSender sender = timed(broker.sender(), latencies);
        return start(subject, business, Destination.of(sender, broker, ordered, ""), latencies);
    }

    /** The same through the classic client. */
    public static Sending toBrokerByRemoting(
            ReliableMq subject,
            BusinessTransactions business,
            BenchmarkBroker broker,
            boolean ordered,
            Latencies latencies) {
        MessageSender sender = timed(broker.remotingSender(), latencies);
        return start(subject, business, Destination.of(sender, broker, ordered, REMOTING), latencies);
    }

    private static MessageSender timed(MessageSender to, Latencies latencies) {
        return message -> to.send(message).whenComplete((outcome, failure) -> {
            if (outcome instanceof SendOutcome.Stored) {
                latencies.arrived(Payloads.sequence(message.payload()));
            }
        });
    }

    /** @param client as the results name it, empty for the default */
    private record Destination(MessageSender sender, String topic, boolean ordered, String client) {

        static Destination of(MessageSender sender, BenchmarkBroker broker, boolean ordered, String client) {
            return new Destination(sender, broker.topic(ordered), ordered, client);
        }
    }

    private static Sending start(
            ReliableMq subject, BusinessTransactions business, Destination to, Latencies latencies) {
        OutboxRelay relay = subject.relay(to.sender(), RelayObserver.NONE);
        Outbox outbox = subject.outbox(business.dataSource(), relay);
        relay.start();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (relay.status().lanes() < subject.lanes()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("The relay does not own all lanes after a minute");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        Writer.Transaction transaction = number -> business.transactWithOutbox(number, () -> {
            outbox.send(Writer.message(to.topic(), number, to.ordered()));
            AfterCommit.run(() -> latencies.committed(number));
        });
        return new ReliableMqSending(
                relay,
                new Writer(subject.name(), Writer.order(to.ordered()) + to.client(), subject.table(), transaction));
    }

    @Override
    public Writer writer() {
        return writer;
    }

    @Override
    public void close() {
        relay.stop();
    }
}
