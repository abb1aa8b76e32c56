package io.reliablemq.reliability.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.Event.Watch;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.conductor.GroundTruth.Applied;
import io.reliablemq.reliability.worker.EventFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivenessTests {

    private static final List<String> ALL =
            GroundTruth.LISTENERS.stream().map(Event.Listener::name).toList();
    private static final long SINCE = 4_711;

    @TempDir
    Path folder;

    @Test
    void waitsUntilEachListenerOfEachProcessHasAppliedSomething() throws Exception {
        Deque<Set<Applied>> effects =
                new ArrayDeque<>(List.of(Set.of(), by("consumer-1.1"), by("consumer-1.1", "consumer-2.3")));

        List<Watch> watched = watch(
                Duration.ofMinutes(5),
                since -> effects.remove(),
                since -> Map.of("consumer-1.1", ALL, "consumer-2.3", ALL));

        assertThat(effects).isEmpty();
        assertThat(watched).hasSize(2 * ALL.size()).allMatch(Watch::running);
        assertThat(watched).extracting(Watch::worker).containsOnly("consumer-1.1", "consumer-2.3");
        assertThat(watched).extracting(Watch::since).containsOnly(SINCE);
    }

    @Test
    void waitsUntilEachListenerSaysThatItRuns() throws Exception {
        Deque<List<String>> running = new ArrayDeque<>(List.of(List.of(), List.of("ordered"), ALL));

        List<Watch> watched = watch(
                Duration.ofMinutes(5), since -> by("consumer-1.1"), since -> Map.of("consumer-1.1", running.remove()));

        assertThat(running).isEmpty();
        assertThat(watched).hasSize(ALL.size()).allMatch(Watch::running);
    }

    @Test
    void writesDownWhatItHasSeenWhenItIsTooLate() throws Exception {
        List<Watch> watched =
                watch(Duration.ZERO, since -> Set.of(), since -> Map.of("consumer-1.1", List.of("ordered")));

        assertThat(watched)
                .filteredOn(Watch::running)
                .extracting(Watch::listener)
                .containsExactly("ordered");
        assertThat(watched).hasSize(ALL.size());
    }

    @Test
    void saysWhyItCannotTell() {
        assertThatThrownBy(() -> watch(
                        Duration.ZERO,
                        since -> {
                            throw new SQLException("the database is gone");
                        },
                        since -> Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("the database is gone");
    }

    private List<Watch> watch(Duration within, Liveness.Effects effects, Liveness.Consumers consumers)
            throws Exception {
        Path file = folder.resolve("conductor.jsonl");
        try (EventFile events = new EventFile(file)) {
            new Liveness(effects, consumers, new Recorder(events), within).await(SINCE);
            events.add(new Event.End(System.currentTimeMillis()));
        }
        return History.read(List.of(file)).of(Watch.class).toList();
    }

    private static Set<Applied> by(String... workers) {
        Set<Applied> applied = new HashSet<>();
        for (String worker : workers) {
            ALL.forEach(listener -> applied.add(new Applied(worker, listener)));
        }
        return applied;
    }
}
