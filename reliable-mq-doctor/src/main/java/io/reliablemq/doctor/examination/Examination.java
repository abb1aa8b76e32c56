package io.reliablemq.doctor.examination;

import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.rules.Rules;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks database and cluster at the same time, waits for a bounded time, and judges what they have said. */
public final class Examination implements Doctor {

    private final Supplier<ApplicationFacts> application;
    private final @Nullable BoundedSource<DatabaseFacts> database;
    private final BoundedSource<ClusterFacts> cluster;
    private final Duration timeout;
    private volatile @Nullable Findings latest;

    /**
     * Asks nobody yet.
     *
     * @param application what it is configured to do; asked at each examination
     * @param database null where there is none
     * @param cluster what the cluster says, with regard to what the application does
     * @param timeout for all of it together
     */
    public Examination(
            Supplier<ApplicationFacts> application,
            @Nullable Source<DatabaseFacts> database,
            Function<ApplicationFacts, Answer<ClusterFacts>> cluster,
            Duration timeout) {
        this.application = application;
        this.database = database == null ? null : new BoundedSource<>("database", database);
        this.cluster = new BoundedSource<>("cluster", () -> cluster.apply(application.get()));
        this.timeout = timeout;
    }

    @Override
    public synchronized Findings examine() {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (database != null) {
            database.begin();
        }
        cluster.begin();
        Findings findings = Rules.judge(new Facts(
                application.get(), database == null ? null : answer(database, deadline), answer(cluster, deadline)));
        latest = findings;
        return findings;
    }

    private static <T> Answer<T> answer(BoundedSource<T> source, long deadline) {
        try {
            return source.answer(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unknown<>("the examination was interrupted", "Examine again");
        }
    }

    @Override
    public Optional<Findings> latest() {
        return Optional.ofNullable(latest);
    }
}
