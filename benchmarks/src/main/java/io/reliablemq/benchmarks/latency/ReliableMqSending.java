package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reliable MQ with a running relay that owns all lanes. */
public final class ReliableMqSending implements Sending {

    /** Behind the name of an order, where the classic client sends. */
    public static final String REMOTING = ", remoting";

    private static final String ELSEWHERE = ", written elsewhere";

    private static final CompletionStage<SendOutcome> STORED =
            CompletableFuture.completedStage(new SendOutcome.Stored());
    private static final long POLL_NANOS = 1_000_000;

    private final OutboxRelay relay;
    private final Writer writer;

    /** Another process's relay owns all lanes. */
    private record Elsewhere(int lanes) implements RelayFeed {

        @Override
        public int unorderedLane() {
            return ThreadLocalRandom.current().nextInt(lanes);
        }

        @Override
        public void announce(Collection<UUID> messageIds) {}

        @Override
        public void committed(List<OutboxRow> rows) {}

        @Override
        public void released(Collection<UUID> messageIds) {}
    }

    private ReliableMqSending(OutboxRelay relay, Writer writer) {
        this.relay = relay;
        this.writer = writer;
    }

    /** A message has arrived when the relay hands it to its sender. */
    public static Sending toHandler(
            ReliableMq subject, BusinessTransactions business, boolean ordered, Latencies latencies) {
        return start(subject, business, new Destination(handler(latencies), "benchmark", ordered, ""), latencies);
    }

    /** The same with a process for writing that has no lanes of its own: the relay hears of nothing and finds it in the table. */
    public static Sending fromElsewhere(
            ReliableMq subject, BusinessTransactions business, boolean ordered, Latencies latencies) {
        Destination to = new Destination(handler(latencies), "benchmark", ordered, ELSEWHERE);
        OutboxRelay relay = started(subject, to.sender());
        return new ReliableMqSending(relay, writer(subject, business, new Elsewhere(subject.lanes()), to, latencies));
    }

    private static MessageSender handler(Latencies latencies) {
        return message -> {
            latencies.arrived(Payloads.sequence(message.payload()));
            return STORED;
        };
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

    /** @param more what the results say besides the order, empty for the default */
    private record Destination(MessageSender sender, String topic, boolean ordered, String more) {

        static Destination of(MessageSender sender, BenchmarkBroker broker, boolean ordered, String more) {
            return new Destination(sender, broker.topic(ordered), ordered, more);
        }
    }

    private static Sending start(
            ReliableMq subject, BusinessTransactions business, Destination to, Latencies latencies) {
        OutboxRelay relay = started(subject, to.sender());
        return new ReliableMqSending(relay, writer(subject, business, relay, to, latencies));
    }

    /** @return a relay that owns all lanes */
    private static OutboxRelay started(ReliableMq subject, MessageSender sender) {
        OutboxRelay relay = subject.relay(sender, RelayObserver.NONE);
        relay.start();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (relay.status().lanes() < subject.lanes()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("The relay does not own all lanes after a minute");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return relay;
    }

    private static Writer writer(
            ReliableMq subject, BusinessTransactions business, RelayFeed feed, Destination to, Latencies latencies) {
        Outbox outbox = subject.outbox(business.dataSource(), feed);
        Writer.Transaction transaction = number -> business.transactWithOutbox(number, () -> {
            outbox.send(Writer.message(to.topic(), number, to.ordered()));
            AfterCommit.run(() -> latencies.committed(number));
        });
        return new Writer(subject.name(), Writer.order(to.ordered()) + to.more(), subject.table(), transaction);
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
