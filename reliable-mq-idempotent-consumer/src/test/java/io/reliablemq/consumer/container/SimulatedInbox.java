package io.reliablemq.consumer.container;

import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.KeptConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The inbox and its transactions. What a transaction did is there when it commits; the keys that it has inserted are locked until it ends. Since
 * all happens on one thread, and whoever is interrupted waits for who interrupts, the last one that began is the one that works.
 */
final class SimulatedInbox implements InboxStore {

    /** One transaction. */
    static final class Work {
        private final Set<String> locks = new HashSet<>();
        private final List<Runnable> atCommit = new ArrayList<>();
        private boolean ended;
    }

    private final Schedule schedule;
    private final SimulatedLedger ledger;
    private final Break broken;
    private final Map<String, Admission.Recorded> records = new HashMap<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private final Set<String> locked = new HashSet<>();
    private final Deque<Work> open = new ArrayDeque<>();

    SimulatedInbox(Schedule schedule, SimulatedLedger ledger, Break broken) {
        this.schedule = schedule;
        this.ledger = ledger;
        this.broken = broken;
    }

    Work begin() {
        Work work = new Work();
        open.push(work);
        return work;
    }

    /** Its connection has no more to do with it, but for a commit that is still on its way. */
    void leave(Work work) {
        open.remove(work);
    }

    void commit(Work work) {
        if (!work.ended) {
            end(work);
            work.atCommit.forEach(Runnable::run);
        }
    }

    void rollBack(Work work) {
        if (!work.ended) {
            end(work);
        }
    }

    private void end(Work work) {
        work.ended = true;
        locked.removeAll(work.locks);
    }

    private Work current() {
        return open.element();
    }

    void effect(String id) {
        if (broken == Break.EFFECT_OUTSIDE_TRANSACTION) {
            ledger.settle(id, "effect");
        } else {
            current().atCommit.add(() -> ledger.settle(id, "effect"));
        }
    }

    void letter(String id) {
        current().atCommit.add(() -> ledger.settle(id, "dead letter"));
    }

    @Override
    public void requireBoundTransaction() {
        current();
    }

    @Override
    public @Nullable KeptConnection keepConnection(PlatformTransactionManager manager) {
        return null;
    }

    @Override
    public Admission admit(InboxEntry entry, InboxState state) {
        Admission.Recorded known = records.get(entry.key());
        if (known != null && !(broken == Break.EARLY_PURGE && schedule.oneIn(10))) {
            return known;
        }
        insert(entry, state);
        return new Admission.Admitted(() -> {});
    }

    private void insert(InboxEntry entry, InboxState state) {
        Work work = current();
        if (!locked.add(entry.key()) && broken != Break.NO_UNIQUE_KEY) {
            throw new InboxContentionException(entry + " is being handled elsewhere", null);
        }
        work.locks.add(entry.key());
        Admission.Recorded record = new Admission.Recorded(state, entry.messageId(), entry.digest());
        if (broken == Break.RECORD_OUTSIDE_TRANSACTION) {
            records.put(entry.key(), record);
        } else {
            work.atCommit.add(() -> records.put(entry.key(), record));
        }
    }

    @Override
    public @Nullable CommitSentinel admitAll(List<InboxEntry> entries) {
        long different = entries.stream().map(InboxEntry::key).distinct().count();
        if (different < entries.size() || entries.stream().anyMatch(entry -> records.containsKey(entry.key()))) {
            return null;
        }
        entries.forEach(entry -> insert(entry, InboxState.DONE));
        return () -> {};
    }

    @Override
    public int countFailure(InboxEntry entry) {
        int sum = failures.getOrDefault(entry.key(), 0) + 1;
        current().atCommit.add(() -> failures.merge(entry.key(), 1, Integer::sum));
        return sum;
    }

    @Override
    public void forgetFailures(InboxEntry entry) {
        current().atCommit.add(() -> failures.remove(entry.key()));
    }

    @Override
    public long now() {
        return schedule.now() / 1_000_000;
    }

    @Override
    public Horizon horizon(String group) {
        return new Horizon(now(), 0);
    }

    @Override
    public boolean flip(InboxEntry entry, InboxState from, InboxState to) {
        throw new UnsupportedOperationException("nothing is replayed here");
    }

    @Override
    public CommitSentinel plantSentinel(InboxEntry entry) {
        throw new UnsupportedOperationException("nothing is replayed here");
    }

    @Override
    public int purge(String group, Duration age, int limit) {
        return 0;
    }
}
