package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.NamastackPeer;
import io.reliablemq.benchmarks.subject.RelaySubject;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.subject.TransactionOutboxPeer;
import java.util.ArrayList;
import java.util.List;

/** Which relays a scenario compares, and how many rows each gets. */
final class RelaySubjects {

    private RelaySubjects() {}

    /** @param rows as many as it drains in seconds rather than minutes */
    record Sized(RelaySubject subject, int rows) {}

    /**
     * transaction-outbox on PostgreSQL only: at REPEATABLE READ its flush keeps locks on rows that it has only passed, its workers
     * skip those, and it tries them again after its attempt frequency only, which a drain would measure then.
     */
    static List<Sized> all(BenchmarkDatabase database, Options options) {
        ReliableMq reliableMq = new ReliableMq(database);
        List<Sized> all = new ArrayList<>(List.of(
                new Sized(reliableMq, options.rows()),
                new Sized(reliableMq.withRetention(), options.rows()),
                new Sized(new Limit(database), options.rows()),
                new Sized(new NamastackPeer(database), options.peerRows())));
        if (database.isPostgreSql()) {
            all.add(new Sized(new TransactionOutboxPeer(database), options.peerRows()));
        }
        return all;
    }
}
