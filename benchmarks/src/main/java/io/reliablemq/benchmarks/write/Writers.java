package io.reliablemq.benchmarks.write;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.NamastackPeer;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.subject.TransactionOutboxPeer;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Those that are compared: without a message, hand-written, ours, the peers. No relay works: what is committed stays in its
 * table.
 */
public final class Writers implements AutoCloseable {

    private final BusinessTransactions business;
    private final Limit limit;
    private final ReliableMq ours;
    private final Outbox outbox;
    private final NamastackPeer.Running namastack;
    private final NamastackPeer namastackPeer;
    private final TransactionOutboxPeer transactionOutboxPeer;
    private final TransactionOutboxPeer.Running transactionOutbox;

    /** Creates the tables. */
    public Writers(BenchmarkDatabase database, BusinessTransactions business) {
        this.business = business;
        limit = new Limit(database);
        ours = new ReliableMq(database);
        OutboxRelay notStarted = ours.relay(
                message -> CompletableFuture.completedStage(new SendOutcome.Unknown("never sent")), RelayObserver.NONE);
        outbox = ours.outbox(business.dataSource(), notStarted);
        namastackPeer = new NamastackPeer(database, business.dataSource());
        namastack = namastackPeer.writeOnly();
        transactionOutboxPeer = new TransactionOutboxPeer(database, business.dataSource());
        transactionOutbox = transactionOutboxPeer.writeOnly();
    }

    /** Unordered first; ordered only those that promise it. */
    public List<Writer> all() {
        List<Writer> all = new ArrayList<>();
        for (boolean ordered : new boolean[] {false, true}) {
            all.add(new Writer("none", Writer.order(ordered), null, number -> business.transact(number, () -> {})));
            all.add(hand(ordered));
            all.add(ours(ordered));
            if (!ordered || namastackPeer.ordersKeys()) {
                all.add(namastack(ordered));
            }
            if (!ordered || transactionOutboxPeer.ordersKeys()) {
                all.add(transactionOutbox(ordered));
            }
        }
        return all;
    }

    private Writer hand(boolean ordered) {
        return new Writer(
                limit.name(),
                Writer.order(ordered),
                limit.table(),
                number -> business.transact(number, () -> limit.insert(business.jdbc(), number, ordered)));
    }

    private Writer ours(boolean ordered) {
        return new Writer(
                ours.name(),
                Writer.order(ordered),
                ours.table(),
                number -> business.transactWithOutbox(
                        number, () -> outbox.send(Writer.message("benchmark", number, ordered))));
    }

    private Writer namastack(boolean ordered) {
        return new Writer(
                namastackPeer.name(),
                Writer.order(ordered),
                namastackPeer.table(),
                number -> business.transact(number, () -> namastack.schedule(number, ordered)));
    }

    private Writer transactionOutbox(boolean ordered) {
        return new Writer(
                transactionOutboxPeer.name(),
                Writer.order(ordered),
                transactionOutboxPeer.table(),
                number -> transactionOutbox.transact(
                        connection -> business.insertOrder(connection, number), number, () -> {}));
    }

    @Override
    public void close() {
        namastack.close();
        transactionOutbox.close();
    }
}
