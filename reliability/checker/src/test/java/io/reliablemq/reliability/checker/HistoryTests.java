package io.reliablemq.reliability.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.reliability.checker.Event.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTests {

    private static final String END = "{\"type\":\"end\",\"at\":9}\n";

    @TempDir
    Path folder;

    @Test
    void readsWhatItHasWritten() throws Exception {
        History written = new HandWritten()
                .delivered("a1", 1_000)
                .invoke("a2", 2_000)
                .outcome("a2", 2_001, Result.FAIL)
                .invoke("a3", 2_000)
                .outcome("a3", 2_001, Result.UNKNOWN)
                .fault(1, 500, 600)
                .inVain(1, 601)
                .watch("consumer-1", "any", 700, 2_000, true)
                .lateStop("consumer-1", 700, 2_000)
                .failedStart("consumer-1", 2_000, 2_500)
                .left("a\"\\\n3", "outbox")
                .history();
        StringBuilder lines = new StringBuilder();
        written.of(Event.class).forEach(event -> lines.append(event.line()).append('\n'));

        History read = History.read(List.of(Files.writeString(folder.resolve("history"), lines)));

        assertThat(read.of(Event.class))
                .containsExactlyElementsOf(written.of(Event.class).toList());
    }

    @Test
    void leavesOutTheLineWhoseWriterWasKilled() throws Exception {
        Path torn = Files.writeString(
                folder.resolve("torn"), "{\"type\":\"ok\",\"at\":1,\"id\":\"a1\"}\n{\"type\":\"ok\",\"a");
        Path end = Files.writeString(folder.resolve("end"), END);

        assertThat(History.read(List.of(torn, end)).outcomes()).containsOnlyKeys("a1");
    }

    @Test
    void namesTheLineThatItCannotRead() throws Exception {
        Path file = Files.writeString(folder.resolve("bad"), END + "{\"type\":\"ok\"}\n");

        assertThatThrownBy(() -> History.read(List.of(file))).hasMessageContainingAll("bad line 2", "\"at\"");
    }

    @Test
    void refusesARunThatWasInterrupted() throws Exception {
        Path file = Files.writeString(folder.resolve("open"), "{\"type\":\"ok\",\"at\":1,\"id\":\"a1\"}\n");

        assertThatThrownBy(() -> History.read(List.of(file))).hasMessageContaining("interrupted");
    }

    @Test
    void refusesTwoOutcomesOfOneTransaction() {
        HandWritten twice = new HandWritten().committed("a1", 1).outcome("a1", 5, Result.OK);

        assertThatThrownBy(twice::history).hasMessageContainingAll("twice", "a1");
    }

    @Test
    void refusesEffectsOfAListenerThatItDoesNotKnow() {
        HandWritten unknown = new HandWritten().delivered("a1", 1).effect("nobody", "a1", 5);

        assertThatThrownBy(unknown::history).hasMessageContaining("nobody");
    }
}
