package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The application dies at one arrow of a part of a message's journey, is started again on the same data, and dies a second time on the
 * way that is left. Takes most of an hour, and is asked for with {@code -Dreliable-mq.crash.pairs=true}.
 */
abstract class CrashPairsContract extends OnCrashScene {

    private int deaths;
    private int nothingLeft;

    CrashPairsContract(CrashPoint.Part part) {
        super(part);
    }

    @AfterAll
    void mostHaveDiedTwice() {
        System.out.println("PAIRS " + part + ": " + deaths + " second deaths, nothing left to do there " + nothingLeft);
        assertThat(deaths).isGreaterThan(nothingLeft);
    }

    Stream<Arguments> pairs() {
        return Stream.of(CrashPoint.values())
                .filter(first -> first.part() == part)
                .flatMap(first -> Stream.of(CrashPoint.values())
                        .filter(second -> second.mayFollow(first))
                        .map(second -> Arguments.of(first, second)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void eachMessageHasItsEffectsExactlyOnceAlthoughTheProcessDiedTwice(CrashPoint first, CrashPoint second)
            throws Exception {
        boolean archive = first.isOfTheArchive() || second.isOfTheArchive();
        scene.dieAt(first, archive, second.needsUnsettled(first));
        boolean again = scene.dieAgainAt(second, first, archive);
        scene.assertThatAllHasItsEffectsExactlyOnce(first, archive);
        deaths += again ? 1 : 0;
        nothingLeft += again ? 0 : 1;
        System.out.println("PAIR " + first + " " + second + (again ? " died twice" : " nothing left to do there"));
    }
}
