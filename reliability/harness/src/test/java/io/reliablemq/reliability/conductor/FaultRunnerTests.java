package io.reliablemq.reliability.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.fault.Fault;
import io.reliablemq.reliability.fault.FaultKind;
import io.reliablemq.reliability.fault.PlannedFault;
import io.reliablemq.reliability.fault.Schedule.Step;
import io.reliablemq.reliability.worker.EventFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultRunnerTests {

    private static final FaultKind ANY = FaultKind.BROKER_KILL;
    private static final long STRUCK = 4_711;

    @TempDir
    Path folder;

    private final Queue<String> done = new ConcurrentLinkedQueue<>();

    @Test
    void strikesWritesDownAndHeals() throws Exception {
        History history = run(List.of(new Told("one", true), new Told("two", true)), 1);

        assertThat(done).containsExactly("strike one", "heal one", "strike two", "heal two");
        assertThat(history.of(Event.Fault.class))
                .extracting(Event.Fault::target)
                .containsExactly("one", "two");
        assertThat(history.of(Event.Fault.class)).extracting(Event.Fault::at).containsOnly(STRUCK);
        assertThat(history.of(Event.Heal.class)).extracting(Event.Heal::number).containsExactly(1, 2);
    }

    @Test
    void waitsBeforeAStepInWhoseGapEverythingHasToComeRightAgain() throws Exception {
        Deque<Fault> left = new ArrayDeque<>(List.of(new Told("one", true), new Told("two", true)));

        runFor(
                Duration.ofMinutes(10),
                () -> switch (left.size()) {
                    case 2 -> step(1, false, 1);
                    case 1 -> step(1, true, 1);
                    default -> tooLate();
                },
                left);

        assertThat(done).containsExactly("strike one", "heal one", "recovered", "strike two", "heal two");
    }

    @Test
    void healsATrapThatNothingSteppedIntoAndDoesNotCountIt() throws Exception {
        History history = run(List.of(new Told("trap", false)), 1);

        assertThat(done).containsExactly("strike trap", "heal trap");
        assertThat(history.of(Event.Fault.class)).isEmpty();
    }

    @Test
    void writesDownWhatAFaultTurnedOutToBe() throws Exception {
        Fault other = new Told("broker", true) {
            @Override
            public FaultKind kind(FaultKind planned) {
                return FaultKind.DATABASE_CUT;
            }
        };

        assertThat(run(List.of(new Told("broker", true), other), 1).of(Event.Fault.class))
                .extracting(Event.Fault::name)
                .containsExactly(ANY.text(), "database-cut");
    }

    @Test
    void saysBeforeItHealsWhyAFaultCountsForNothing() throws Exception {
        Fault unnoticed = new Told("clock", true) {
            @Override
            public Optional<String> inVain() {
                done.add("look at clock");
                return Optional.of("it stood still");
            }
        };

        History history = run(List.of(unnoticed), 1);

        assertThat(done).containsExactly("strike clock", "look at clock", "heal clock");
        assertThat(history.of(Event.InVain.class))
                .extracting(Event.InVain::number, Event.InVain::why)
                .containsExactly(tuple(1, "it stood still"));
    }

    @Test
    void hasTwoFaultsOnAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);

        run(List.of(new Meeting("one", both, done), new Meeting("two", both, done)), 2);

        assertThat(done).containsExactlyInAnyOrder("met at one", "met at two");
    }

    @Test
    void hasNeverTwoFaultsOfOneTargetOnAtOnce() throws Exception {
        run(List.of(new Told("same", true), new Told("same", true)), 2);

        assertThat(done).containsExactly("strike same", "heal same", "strike same", "heal same");
    }

    @Test
    void restartsTheApplicationWithNoOtherFaultOn() throws Exception {
        run(List.of(new Told("broker", true), new Told("application", true)), 2);

        assertThat(done).containsExactly("strike broker", "heal broker", "strike application", "heal application");
    }

    @Test
    void saysWhatCouldNotBeHealed() {
        Fault broken = new Told("broker", true) {
            @Override
            public void heal() {
                throw new IllegalStateException("it does not come up");
            }
        };

        assertThatThrownBy(() -> run(List.of(broken), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it does not come up");
    }

    @Test
    void beginsNothingThatItsTimeIsTooShortFor() throws Exception {
        runFor(Duration.ZERO, List.of(new Told("late", true)), 1);

        assertThat(done).isEmpty();
    }

    private History run(List<Fault> faults, int atOnce) throws Exception {
        return runFor(Duration.ofMinutes(10), faults, atOnce);
    }

    /** So many in each step; the step after the last one is too late. */
    private History runFor(Duration time, List<Fault> faults, int atOnce) throws IOException, InterruptedException {
        Deque<Fault> left = new ArrayDeque<>(faults);
        return runFor(time, () -> left.isEmpty() ? tooLate() : step(1, false, atOnce), left);
    }

    private History runFor(Duration time, Supplier<Step> schedule, Deque<Fault> faults)
            throws IOException, InterruptedException {
        Path file = folder.resolve("conductor.jsonl");
        try (EventFile events = new EventFile(file)) {
            new FaultRunner(
                            schedule,
                            planned -> faults.remove(),
                            new Recorder(events),
                            since -> done.add(since <= System.currentTimeMillis() ? "recovered" : "too early"))
                    .run(System.nanoTime() + time.toNanos());
            events.add(new Event.End(System.currentTimeMillis()));
        }
        return History.read(List.of(file));
    }

    private static Step tooLate() {
        return step(TimeUnit.HOURS.toMillis(1), false, 1);
    }

    private static Step step(long gapMs, boolean recovery, int faults) {
        PlannedFault[] planned = new PlannedFault[faults];
        Arrays.fill(planned, new PlannedFault(ANY, 1, 0));
        return new Step(gapMs, recovery, List.of(planned));
    }

    private class Told implements Fault {

        private final String target;
        private final boolean strikes;

        Told(String target, boolean strikes) {
            this.target = target;
            this.strikes = strikes;
        }

        @Override
        public String target() {
            return target;
        }

        @Override
        public OptionalLong strike() throws Exception {
            done.add("strike " + target);
            return strikes ? OptionalLong.of(STRUCK) : OptionalLong.empty();
        }

        @Override
        public void heal() throws Exception {
            done.add("heal " + target);
        }
    }

    /** Is not healed before the other one is on, too. */
    private record Meeting(String target, CountDownLatch both, Queue<String> done) implements Fault {

        @Override
        public OptionalLong strike() {
            both.countDown();
            return OptionalLong.of(STRUCK);
        }

        @Override
        public void heal() throws InterruptedException {
            done.add((both.await(60, TimeUnit.SECONDS) ? "met at " : "alone at ") + target);
        }
    }
}
