package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.reliablemq.outbox.relay.Simulation.Result;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.LoggerFactory;

/** Thousands of schedules of two relays; each follows from its seed. */
class RelaySimulationTests {

    private static final int SCHEDULES = Integer.getInteger("reliable-mq.simulation.schedules", 400);
    private static final long FIRST = Long.getLong("reliable-mq.simulation.seed", 1);
    private static final int UNTIL_A_BREAK_SHOWS = 2000;
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.reliablemq.outbox.relay");

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
        long committed = 0;
        for (long seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            Result result = Simulation.run(seed, Break.NONE, false);
            if (result.violation() != null) {
                fail(story(seed, result.violation()));
            }
            committed += result.committed();
        }
        assertThat(committed).as("messages committed").isPositive();
    }

    private static String story(long seed, String violation) {
        return "Seed " + seed + ": " + violation + ". Again: -Dreliable-mq.simulation.seed=" + seed
                + " -Dreliable-mq.simulation.schedules=1\n"
                + String.join("\n", Simulation.run(seed, Break.NONE, true).record());
    }

    @Test
    void keepTheirPromisesInWhateverMomentAProcessDies() {
        long seed = full();
        int moments = moments(seed).size();
        for (int moment = 0; moment < moments; moment++) {
            survive(seed, Set.of(moment));
        }
    }

    /** So many pairs of moments of one schedule, drawn by its seed: of all there are hundreds of thousands. */
    @Test
    @EnabledIfSystemProperty(named = "reliable-mq.simulation.pairs", matches = "[0-9]+")
    void keepTheirPromisesInWhateverTwoMomentsProcessesDie() {
        long seed = full();
        int moments = moments(seed).size();
        Random random = new Random(seed);
        for (int pair = 0; pair < Integer.getInteger("reliable-mq.simulation.pairs"); pair++) {
            int first = random.nextInt(moments - 1);
            survive(seed, Set.of(first, first + 1 + random.nextInt(moments - 1 - first)));
        }
    }

    /** The first schedule in which a process can die at all that matters. */
    private static long full() {
        for (long seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            if (moments(seed)
                    .containsAll(List.of(
                            "before send",
                            "after send",
                            "before settle",
                            "after settle",
                            "before claim",
                            "after claim",
                            "before park",
                            "after park",
                            "before leave",
                            "after leave",
                            "before moveDue",
                            "after moveDue",
                            "before advance",
                            "after advance",
                            "before finish",
                            "after finish",
                            "before retire",
                            "after retire"))) {
                return seed;
            }
        }
        return fail("No schedule from seed " + FIRST + " on has all that a process can die at");
    }

    private static List<String> moments(long seed) {
        return Simulation.dying(seed, Set.of(), false).moments();
    }

    private static void survive(long seed, Set<Integer> deaths) {
        String violation = Simulation.dying(seed, deaths, false).violation();
        if (violation != null) {
            fail("Seed " + seed + ", deaths in moments " + deaths + ": " + violation + "\n"
                    + String.join("\n", Simulation.dying(seed, deaths, true).record()));
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
