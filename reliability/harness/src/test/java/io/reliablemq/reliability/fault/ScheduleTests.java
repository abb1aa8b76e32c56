package io.reliablemq.reliability.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTests {

    private static final List<FaultKind> ALL = FaultKind.of(Set.of("all"));

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(steps(7, ALL, 50)).isEqualTo(steps(7, ALL, 50)).isNotEqualTo(steps(8, ALL, 50));
    }

    @Test
    void comesToEveryKindBeforeOneComesAgain() {
        List<FaultKind> kinds = steps(7, ALL, 100).stream()
                .flatMap(step -> step.faults().stream())
                .map(PlannedFault::kind)
                .toList();

        assertThat(EnumSet.copyOf(kinds.subList(0, ALL.size()))).hasSize(ALL.size());
        assertThat(EnumSet.copyOf(kinds.subList(ALL.size(), 2 * ALL.size()))).hasSize(ALL.size());
    }

    @Test
    void hasPairsAndKeepsToTheDurations() {
        List<Schedule.Step> steps = steps(7, ALL, 100);

        assertThat(steps).anyMatch(step -> step.faults().size() == 2);
        assertThat(steps.stream().flatMap(step -> step.faults().stream()))
                .allSatisfy(planned -> assertThat(planned.durationMs())
                        .isBetween((long) planned.kind().shortestMs(), (long)
                                planned.kind().longestMs()));
    }

    @Test
    void leavesTimeToComeRightAgainNowAndThen() {
        List<Schedule.Step> steps = steps(7, ALL, 21);

        for (int i = 0; i < steps.size(); i++) {
            assertThat(steps.get(i).gapMs() == Schedule.RECOVERY_MS).isEqualTo(i == 10 || i == 20);
            assertThat(steps.get(i).recovery()).isEqualTo(i == 10 || i == 20);
        }
    }

    @Test
    void kindsAreChosenByNameAndGroup() {
        assertThat(FaultKind.of(Set.of("broker-kill", "restart")))
                .containsExactly(
                        FaultKind.BROKER_KILL,
                        FaultKind.PRODUCER_STOP,
                        FaultKind.CONSUMER_STOP,
                        FaultKind.ROLLING_RESTART);
        assertThat(FaultKind.of(Set.of("none"))).isEmpty();
        assertThatThrownBy(() -> FaultKind.of(Set.of("meteor"))).hasMessageContainingAll("meteor", "broker-kill");
    }

    @Test
    void oldGroupsHaveTheKindsThatOldSeedsHaveDrawnFrom() {
        assertThat(FaultKind.of(Set.of("kill", "pause", "restart", "database", "network")))
                .hasSize(20)
                .startsWith(FaultKind.PRODUCER_KILL)
                .endsWith(FaultKind.BROKER_SLOW);
    }

    @Test
    void whatHasComeToStayIsAskedForByName() {
        assertThat(ALL).doesNotContain(FaultKind.TOPIC_QUEUES);
        assertThat(FaultKind.of(Set.of("topic-queues"))).containsExactly(FaultKind.TOPIC_QUEUES);
    }

    private static List<Schedule.Step> steps(long seed, List<FaultKind> kinds, int count) {
        Schedule schedule = new Schedule(seed, kinds, 10);
        return Stream.generate(schedule::next).limit(count).toList();
    }
}
