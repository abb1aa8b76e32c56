package io.reliablemq.reliability.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastWordsTests {

    @TempDir
    Path folder;

    @Test
    void areWhatSpringBootMakesOfTheFailure() throws Exception {
        assertThat(of("""
                        12:00:00.000 WARN  o.s.c.a Exception encountered during context initialization
                        APPLICATION FAILED TO START

                        Description:

                        The database cannot be reached.

                        Action:

                        Start it.
                        """)).isEqualTo("The database cannot be reached.");
    }

    @Test
    void areTheExceptionWhereSpringBootDoesNotKnowIt() throws Exception {
        assertThat(of("""
                        12:00:00.000 WARN  o.s.c.a Exception encountered during context initialization
                        12:00:00.001 ERROR o.s.b.SpringApplication Application run failed
                        java.lang.IllegalStateException: no port
                        \tat io.reliablemq
                        """)).isEqualTo("java.lang.IllegalStateException: no port");
    }

    @Test
    void areTheFirstExceptionOrTheLastLine() throws Exception {
        assertThat(of("starting\nException in thread main: no disk\n\tat io\n")).startsWith("Exception in thread main");
        assertThat(of("starting\nKilled\n")).isEqualTo("Killed");
        assertThat(of("")).isEqualTo("it has printed nothing");
        assertThat(LastWords.of(folder.resolve("nothing.log"))).contains("cannot be read", "nothing.log");
    }

    @Test
    void areNoNovel() throws Exception {
        assertThat(of("Exception: " + "x".repeat(10_000))).hasSizeLessThan(400).endsWith("x...");
    }

    private String of(String log) throws IOException {
        return LastWords.of(Files.writeString(folder.resolve("any.log"), log));
    }
}
