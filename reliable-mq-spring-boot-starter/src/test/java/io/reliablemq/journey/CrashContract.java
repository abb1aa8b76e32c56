package io.reliablemq.journey;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the application at each arrow of a part of a message's journey and starts it again on the same data. */
abstract class CrashContract extends OnCrashScene {

    CrashContract(CrashPoint.Part part) {
        super(part);
    }

    Stream<CrashPoint> points() {
        return Stream.of(CrashPoint.values()).filter(point -> point.part() == part);
    }

    @ParameterizedTest
    @MethodSource("points")
    void eachMessageHasItsEffectsExactlyOnceAlthoughTheProcessDied(CrashPoint point) throws Exception {
        scene.dieAt(point, point.isOfTheArchive());
        scene.assertThatTheTablesAreThoseOf(point);
        scene.assertThatAllHasItsEffectsExactlyOnce(point, point.isOfTheArchive());
    }
}
