package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.broker.RawSend;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.latency.RawSending;
import io.reliablemq.benchmarks.latency.ReliableMqSending;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import java.util.List;

/**
 * How long after its commit a message is acknowledged by the real embedded broker, in milliseconds, at 200 transactions per
 * second: median and 99th percentile, beside the same client's own send right after the commit, without an outbox ({@code
 * none}); and ours through the classic client beside ours through gRPC.
 */
final class AcknowledgementScenario implements Scenario {

    @Override
    public String name() {
        return "acknowledgement";
    }

    @Override
    public Point reference(Point point) {
        return point.variant().endsWith(ReliableMqSending.REMOTING)
                ? point.withVariant(point.variant().replace(ReliableMqSending.REMOTING, ""))
                : point.withSubject("none");
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        ReliableMq ours = new ReliableMq(database);
        BenchmarkBroker broker = BenchmarkBroker.running(options.replicas());
        try (RawSend raw = new RawSend(broker);
                BusinessTransactions business = new BusinessTransactions(database)) {
            new LatencyRuns(database, options, results)
                    .measure(
                            business,
                            ordered -> List.of(
                                    latencies -> ReliableMqSending.toBroker(ours, business, broker, ordered, latencies),
                                    latencies -> ReliableMqSending.toBrokerByRemoting(
                                            ours, business, broker, ordered, latencies),
                                    latencies -> new RawSending(raw, business, ordered, latencies)));
        }
    }
}
