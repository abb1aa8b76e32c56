package io.reliablemq.reliability.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.worker.EventFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTests {

    @TempDir
    Path folder;

    @Test
    void writesDownWhatAProcessHasNotDoneAndWhatMayExcuseIt() throws Exception {
        Path log = Files.writeString(folder.resolve("producer-1.2.log"), "no port");
        ChildJvm.Incarnation second = new ChildJvm.Incarnation("producer-1.2", 2, folder.resolve("ready"));
        Path file = folder.resolve("conductor.jsonl");

        try (EventFile events = new EventFile(file)) {
            Recorder recorder = new Recorder(events);
            recorder.failedStarts("producer-1", List.of(new ChildJvm.FailedStart(second, 1_000, 2_000, log)));
            recorder.lateStop("producer-1", "producer-1.3", 3_000);
            events.add(new Event.End(System.currentTimeMillis()));
        }

        History history = History.read(List.of(file));
        List<String> needs = List.of("database", "broker", "producer-1 pool", "producer-1 clock");
        assertThat(history.of(Event.FailedStart.class))
                .containsExactly(new Event.FailedStart(2_000, 1_000, "producer-1.2", needs, "no port"));
        assertThat(history.of(Event.LateStop.class)).singleElement().satisfies(stop -> {
            assertThat(stop.worker()).isEqualTo("producer-1.3");
            assertThat(stop.since()).isEqualTo(3_000);
            assertThat(stop.needs()).isEqualTo(needs);
        });
    }
}
