package io.reliablemq.reliability.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClocksTests {

    private final Clocks clocks = new Clocks(Optional.of(Path.of("any.so")), Path.of("logs"));

    @Test
    void haveNeverMovedWhereWhoeverLookedLongEnoughSawNoneMove() {
        assertThat(clocks.hasJumped(3, -120, 4_000)).isFalse();

        assertThat(clocks.neverMoved()).isTrue();
    }

    @Test
    void haveMovedWhereOneHas() {
        assertThat(clocks.hasJumped(3, 60, 4_000)).isFalse();
        assertThat(clocks.hasJumped(-119_998, -120, 1_000)).isTrue();

        assertThat(clocks.neverMoved()).isFalse();
    }

    @Test
    void areNotDoubtedByWhoLookedTooEarly() {
        assertThat(clocks.hasJumped(3, 60, 900)).isFalse();

        assertThat(clocks.neverMoved()).isFalse();
    }
}
