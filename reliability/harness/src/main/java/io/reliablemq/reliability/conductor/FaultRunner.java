package io.reliablemq.reliability.conductor;

import io.reliablemq.reliability.fault.Fault;
import io.reliablemq.reliability.fault.PlannedFault;
import io.reliablemq.reliability.fault.Schedule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Does what is scheduled, step by step, until its time is over. What was begun is healed all the same. */
final class FaultRunner {

    private final Supplier<Schedule.Step> schedule;
    private final Function<PlannedFault, Fault> faults;
    private final Recorder recorder;
    private final Recovery recovery;

    /** What has to be at the end of each long gap. */
    interface Recovery {
        /** @param since when the gap began, milliseconds since the epoch */
        void await(long since) throws InterruptedException;
    }

    FaultRunner(
            Supplier<Schedule.Step> schedule,
            Function<PlannedFault, Fault> faults,
            Recorder recorder,
            Recovery recovery) {
        this.schedule = schedule;
        this.faults = faults;
        this.recorder = recorder;
        this.recovery = recovery;
    }

    /** @throws IllegalStateException when something could not be struck or healed: the run proves nothing then */
    void run(long untilNanos) throws InterruptedException {
        Schedule.Step step = schedule.get();
        while (System.nanoTime() + step.gapMs() * 1_000_000 < untilNanos) {
            pause(step);
            List<CompletableFuture<Void>> running = new ArrayList<>();
            Set<String> targets = new HashSet<>();
            for (PlannedFault planned : step.faults()) {
                Fault fault = faults.apply(planned);
                if (conflicts(targets, fault.target())) {
                    await(running);
                    targets.clear();
                }
                targets.add(fault.target());
                running.add(inThread(planned, fault));
            }
            await(running);
            step = schedule.get();
        }
    }

    private void pause(Schedule.Step step) throws InterruptedException {
        long since = System.currentTimeMillis();
        Thread.sleep(step.gapMs());
        if (step.recovery()) {
            recovery.await(since);
        }
    }

    /** Such faults come one after the other. The restart of all processes of the application goes with no other fault. */
    private static boolean conflicts(Set<String> targets, String target) {
        return targets.contains(target) || target.equals("application") || targets.contains("application");
    }

    private CompletableFuture<Void> inThread(PlannedFault planned, Fault fault) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        run(planned, fault);
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "fault-" + planned.kind().text());
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private void run(PlannedFault planned, Fault fault) throws Exception {
        OptionalLong struck = fault.strike();
        if (struck.isEmpty()) {
            fault.heal();
            return;
        }
        String name = fault.kind(planned.kind()).text();
        int number = recorder.struck(struck.getAsLong(), name, fault.target());
        Thread.sleep(planned.durationMs());
        fault.inVain().ifPresent(why -> recorder.inVain(number, why));
        fault.heal();
        recorder.healed(number);
    }

    private static void await(List<CompletableFuture<Void>> running) {
        for (CompletableFuture<Void> one : running) {
            try {
                one.join();
            } catch (CompletionException e) {
                throw new IllegalStateException("A fault could not be struck or healed: " + e.getCause(), e.getCause());
            }
        }
    }
}
