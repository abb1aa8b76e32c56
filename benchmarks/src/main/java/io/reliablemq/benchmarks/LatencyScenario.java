package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.latency.LimitSending;
import io.reliablemq.benchmarks.latency.NamastackSending;
import io.reliablemq.benchmarks.latency.ReliableMqSending;
import io.reliablemq.benchmarks.latency.Sending;
import io.reliablemq.benchmarks.latency.TransactionOutboxSending;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.NamastackPeer;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.subject.TransactionOutboxPeer;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import java.util.ArrayList;
import java.util.List;

/**
 * How long after its commit a message reaches the handler, in milliseconds, at 200 transactions per second: median and 99th
 * percentile, beside a hand-written outbox that wakes its sender in the same process, and beside the peers.
 */
final class LatencyScenario implements Scenario {

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject(Limit.NAME);
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        try (BusinessTransactions business = new BusinessTransactions(database)) {
            ReliableMq ours = new ReliableMq(database);
            Limit limit = new Limit(database);
            NamastackPeer namastack = new NamastackPeer(database, business.dataSource());
            TransactionOutboxPeer transactionOutbox = new TransactionOutboxPeer(database, business.dataSource());
            new LatencyRuns(database, options, results).measure(business, ordered -> {
                List<Sending.Start> all = new ArrayList<>();
                all.add(latencies -> ReliableMqSending.toHandler(ours, business, ordered, latencies));
                all.add(latencies -> ReliableMqSending.fromElsewhere(ours, business, ordered, latencies));
                all.add(latencies -> new LimitSending(limit, business, ordered, !ordered, latencies));
                if (ordered) {
                    all.add(latencies -> new LimitSending(limit, business, true, true, latencies));
                }
                if (!ordered || namastack.ordersKeys()) {
                    all.add(latencies -> new NamastackSending(namastack, business, ordered, latencies));
                }
                if (!ordered) {
                    all.add(latencies -> new TransactionOutboxSending(transactionOutbox, business, latencies));
                }
                return all;
            });
        }
    }
}
