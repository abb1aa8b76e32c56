package io.reliablemq.reliability.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.reliability.worker.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NoticedFaultTests {

    private final List<String> done = new ArrayList<>();
    private Optional<Observation> seen = Optional.empty();
    private final NoticedFault fault = new NoticedFault(
            new SwitchedFault("producer-1 pool", () -> done.add("on"), () -> done.add("off")),
            () -> seen,
            (observation, afterMs) ->
                    observation.hoarded() > 0 ? Optional.empty() : Optional.of("none after " + afterMs));

    @Test
    void countsWhenTheProcessHasNoticedIt() throws Exception {
        long struck = fault.strike().orElseThrow();
        seen = Optional.of(new Observation(struck + 500, 0, 3, List.of()));

        assertThat(fault.inVain()).isEmpty();
        fault.heal();
        assertThat(done).containsExactly("on", "off");
        assertThat(fault.target()).isEqualTo("producer-1 pool");
    }

    @Test
    void saysWhatTheProcessHasSeenInstead() throws Exception {
        long struck = fault.strike().orElseThrow();
        seen = Optional.of(new Observation(struck + 500, 0, 0, List.of()));

        assertThat(fault.inVain()).contains("none after 500");
    }

    @Test
    void isInVainWhereTheProcessHasSeenNothingSince() throws Exception {
        long struck = fault.strike().orElseThrow();
        assertThat(fault.inVain()).hasValueSatisfying(why -> assertThat(why).contains("killed or stopped"));

        seen = Optional.of(new Observation(struck - 1, 0, 3, List.of()));
        assertThat(fault.inVain()).hasValueSatisfying(why -> assertThat(why).contains("killed or stopped"));
    }
}
