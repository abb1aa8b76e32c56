package io.reliablemq.reliability.conductor;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.reliability.checker.Checker;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.checker.Verdict;
import io.reliablemq.reliability.fault.Faults;
import io.reliablemq.reliability.fault.Schedule;
import io.reliablemq.reliability.mutant.Mutant;
import io.reliablemq.reliability.system.RunSettings;
import io.reliablemq.reliability.system.SystemUnderTest;
import io.reliablemq.reliability.worker.EventFile;
import io.reliablemq.reliability.worker.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Load and faults, then quiet until all is done, then the judgement. */
final class Run {

    private static final Duration LEASE = Duration.ofSeconds(3);

    /** Lease and back-off cap of the application under test, and thirty seconds. */
    static final Duration BOUND = LEASE.plusSeconds(5 + 30);

    /** A redelivery that nobody should see takes an invisible time, and a listener's back-off. */
    private static final Duration AFTER_ALL_IS_DONE = Duration.ofSeconds(10 + 5 + 5);

    /** Effects after which faults may begin. */
    private static final int WARM = 100;

    /** On a machine that others are busy on, too. */
    private static final Duration WARM_WITHIN = Duration.ofMinutes(4);

    /** In which each listener of each process gets something to do, however busy the machine is. */
    private static final Duration ALIVE_WITHIN = Duration.ofMinutes(2);

    /** That a break keeps one of them from it shows sooner. */
    private static final Duration ALIVE_WITHIN_IF_BROKEN = Duration.ofSeconds(30);

    private final Options options;
    private final RunSettings settings;
    private final GroundTruth truth;
    private final SystemUnderTest system;

    private Run(Options options, RunSettings settings, SystemUnderTest system) {
        this.options = options;
        this.settings = settings;
        this.system = system;
        this.truth = new GroundTruth(system.database()::connect);
    }

    /**
     * What was judged, and how.
     *
     * @param doubt why it proves nothing even if all promises were kept
     */
    record Result(History history, Verdict verdict, Optional<String> doubt) {}

    static Result of(Options options, Path folder) throws IOException, SQLException, InterruptedException {
        RunSettings settings = options.settings(folder);
        try (SystemUnderTest system = SystemUnderTest.start(settings)) {
            return new Run(options, settings, system).run();
        }
    }

    private Result run() throws IOException, SQLException, InterruptedException {
        try (EventFile conductor = new EventFile(settings.history().resolve("conductor.jsonl"))) {
            Recorder recorder = new Recorder(conductor);
            try (ProgressLine progress = new ProgressLine(truth, recorder)) {
                loadAndFaults(recorder);
                drain();
            }
            requireAlive();
            stopWorkers(recorder);
        }
        try (EventFile database = new EventFile(settings.history().resolve("database.jsonl"))) {
            truth.write(database);
        }
        History history = history(settings.history());
        if (history.invokes().isEmpty()) {
            throw new IllegalStateException("nobody has written down what it began, see " + settings.history());
        }
        return new Result(history, new Checker(BOUND, LEASE).check(history), doubt());
    }

    private Optional<String> doubt() {
        return system.clocks().neverMoved()
                ? Optional.of("no clock has moved: the library that sets them does not work here")
                : Optional.empty();
    }

    /** As it was written by the processes, the conductor and the database. */
    static History history(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return History.read(files.sorted().toList());
        }
    }

    private void loadAndFaults(Recorder recorder) throws IOException, SQLException, InterruptedException {
        Files.createFile(settings.load());
        warmUp();
        Liveness liveness = liveness(recorder);
        long until = System.nanoTime() + options.load().toNanos();
        if (options.faults().isEmpty()) {
            Thread.sleep(options.load().toMillis());
        } else {
            // a break has little time, and is to be struck all of it
            int recoveryAfter = options.mutant().isPresent() ? Integer.MAX_VALUE : Schedule.RECOVERY_AFTER;
            Schedule schedule = new Schedule(options.seed(), options.faults(), recoveryAfter);
            new FaultRunner(schedule::next, new Faults(system, recorder)::of, recorder, liveness::await).run(until);
        }
        if (options.mutant().filter(Mutant::fillsTheDisk).isEmpty()) {
            // else listeners are away as long as there is load
            liveness.await(System.currentTimeMillis());
        }
        Files.delete(settings.load());
    }

    private Liveness liveness(Recorder recorder) {
        Duration within = options.mutant().isPresent() ? ALIVE_WITHIN_IF_BROKEN : ALIVE_WITHIN;
        return new Liveness(truth::appliedSince, this::runningSince, recorder, within);
    }

    private Map<String, List<String>> runningSince(long since) throws IOException {
        Map<String, List<String>> running = new TreeMap<>();
        for (ChildJvm consumer : system.consumers()) {
            Optional<Observation> last = system.observed(consumer).filter(seen -> seen.at() >= since);
            running.put(
                    consumer.incarnation().name(),
                    last.map(Observation::running).orElse(List.of()));
        }
        return running;
    }

    /** Until messages flow. The start of the client's connections is no fault's doing; the lag of these messages counts all the same. */
    private void warmUp() throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + WARM_WITHIN.toNanos();
        while (truth.progress().effects() < WARM) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no message flows within " + WARM_WITHIN + " without any fault");
            }
            Thread.sleep(200);
        }
    }

    /** Until every effect is there, or none came for so long that none can be expected any more. */
    private void drain() throws SQLException, InterruptedException {
        long lastChange = System.nanoTime();
        GroundTruth.Progress last = truth.progress();
        while (last.owed() != 0 || last.outbox() != 0) {
            if (System.nanoTime() - lastChange > BOUND.toNanos()) {
                System.out.println("Nothing moves any more: " + last);
                return;
            }
            Thread.sleep(500);
            GroundTruth.Progress now = truth.progress();
            if (!now.equals(last)) {
                lastChange = System.nanoTime();
            }
            last = now;
        }
        Thread.sleep(AFTER_ALL_IS_DONE.toMillis());
    }

    private void stopWorkers(Recorder recorder) throws InterruptedException {
        long asked = System.currentTimeMillis();
        for (ChildJvm late : system.stopWorkers()) {
            recorder.lateStop(late.name(), late.incarnation().name(), asked);
        }
    }

    private void requireAlive() {
        List<String> dead = Stream.concat(Stream.of(system.broker().jvm()), system.workers())
                .filter(jvm -> !jvm.isAlive())
                .map(ChildJvm::name)
                .toList();
        if (!dead.isEmpty()) {
            throw new IllegalStateException(dead + " ended by themselves, see their logs in " + settings.folder());
        }
    }
}
