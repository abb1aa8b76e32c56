package io.reliablemq.reliability.worker;

import io.reliablemq.reliability.checker.JsonLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What a process sees of itself.
 *
 * @param at by the machine's clock
 * @param skewMs by which the clock of the process is ahead of the machine's
 * @param hoarded connections that the {@link Hoarder} has taken
 * @param running consumer groups of the listeners that run
 */
public record Observation(long at, long skewMs, int hoarded, List<String> running) {

    /** In a file, in place of the one before. */
    void write(Path file) throws IOException {
        JsonLine line = JsonLine.ofType("observation")
                .with("at", at)
                .with("skewMs", skewMs)
                .with("hoarded", hoarded)
                .with("running", String.join(",", running));
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, line.toString());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Nothing where no process has written any yet. */
    public static Optional<Observation> read(Path file) throws IOException {
        try {
            JsonLine line = JsonLine.parse(Files.readString(file));
            return Optional.of(new Observation(
                    line.number("at"),
                    line.number("skewMs"),
                    (int) line.number("hoarded"),
                    List.of(line.text("running").split(","))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
