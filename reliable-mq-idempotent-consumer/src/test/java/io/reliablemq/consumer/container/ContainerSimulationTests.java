package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.reliablemq.consumer.container.Simulation.Result;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.LoggerFactory;

/** Thousands of schedules of the listeners of two processes; each follows from its seed. */
class ContainerSimulationTests {

    private static final int SCHEDULES = Integer.getInteger("reliable-mq.simulation.schedules", 4000);
    private static final long FIRST = Long.getLong("reliable-mq.simulation.seed", 1);
    private static final int UNTIL_A_BREAK_SHOWS = 400;
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.reliablemq.consumer");

    private static Level before;

    @BeforeAll
    static void beSilent() {
        before = LOG.getLevel();
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOG.setLevel(before);
    }

    @Test
    void keepTheirPromisesWhateverHappensInWhateverOrder() {
        long settled = 0;
        for (long seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            Result result = Simulation.run(seed, Break.NONE, false);
            if (result.violation() != null) {
                fail(story(seed, result.violation()));
            }
            settled += result.settled();
        }
        assertThat(settled).as("messages settled").isPositive();
    }

    private static String story(long seed, String violation) {
        return "Seed " + seed + ": " + violation + ". Again: -Dreliable-mq.simulation.seed=" + seed
                + " -Dreliable-mq.simulation.schedules=1\n"
                + String.join("\n", Simulation.run(seed, Break.NONE, true).record());
    }

    @Test
    void keepTheirPromisesInWhateverMomentAProcessDies() {
        List<String> moments = Simulation.dying(FIRST, Set.of(), false).moments();
        for (int moment = 0; moment < moments.size(); moment++) {
            survive(Set.of(moment));
        }
        assertThat(moments)
                .contains(
                        "after receive",
                        "before admit",
                        "after admit",
                        "before commit",
                        "after commit",
                        "before acknowledge",
                        "after acknowledge");
    }

    /** All pairs of moments of one schedule: takes long. */
    @Test
    @EnabledIfSystemProperty(named = "reliable-mq.simulation.pairs", matches = "[0-9]+")
    void keepTheirPromisesInWhateverTwoMomentsProcessesDie() {
        int moments = Simulation.dying(FIRST, Set.of(), false).moments().size();
        for (int first = 0; first < moments; first++) {
            for (int second = first + 1; second < moments; second++) {
                survive(Set.of(first, second));
            }
        }
    }

    private static void survive(Set<Integer> deaths) {
        String violation = Simulation.dying(FIRST, deaths, false).violation();
        if (violation != null) {
            fail("Seed " + FIRST + ", deaths in moments " + deaths + ": " + violation + "\n"
                    + String.join("\n", Simulation.dying(FIRST, deaths, true).record()));
        }
    }

    @Test
    void haveTheSameScheduleAgainWithTheSameSeed() {
        Result first = Simulation.run(FIRST, Break.NONE, true);

        assertThat(Simulation.run(FIRST, Break.NONE, true)).isEqualTo(first);
        assertThat(first.record()).hasSizeGreaterThan(100);
        assertThat(Simulation.run(FIRST + 1, Break.NONE, true)).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void areSeenToBreakThemWhenSomethingAroundThemIsBroken(Break broken) {
        for (long seed = 1; seed <= UNTIL_A_BREAK_SHOWS; seed++) {
            String violation = Simulation.run(seed, broken, false).violation();
            if (violation != null && violation.startsWith(broken.violation)) {
                return;
            }
        }
        fail(broken + " was not noticed as '" + broken.violation + "' in " + UNTIL_A_BREAK_SHOWS + " schedules");
    }
}
