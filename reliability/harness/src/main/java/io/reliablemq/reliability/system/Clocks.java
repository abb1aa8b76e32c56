package io.reliablemq.reliability.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/** The clocks of single processes, which jump while they run. Only what says the time of day does: no clock setting moves the rest. */
public final class Clocks {

    /** After which the library has looked at the file again: it does so each second. */
    private static final long LOOKED_AFTER_MS = 2_500;

    private static final long NEAR_MS = 5_000;

    private final Optional<Path> library;
    private final Path folder;
    private volatile boolean moved;
    private volatile boolean stuck;

    Clocks(Optional<Path> library, Path folder) {
        this.library = library;
        this.folder = folder;
    }

    /** What the process needs in its environment; nothing where there is no such library. */
    Map<String, String> environment(String process) throws IOException {
        if (library.isEmpty()) {
            return Map.of();
        }
        set(process, 0);
        return Map.of(
                "LD_PRELOAD", library.get().toString(),
                "FAKETIME_TIMESTAMP_FILE", file(process).toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1",
                // its correction for waits by the monotonic clock is wrong for a JVM: they would end at once
                "FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }

    /** Within a second, for the process of that name and for the next ones in its place. */
    public void set(String process, int seconds) throws IOException {
        Path next = folder.resolve(process + ".clock.next");
        Files.writeString(next, "%+d\n".formatted(seconds));
        Files.move(next, file(process), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Whether the clock of a process shows what was set.
     *
     * @param skewMs by which it was seen to be ahead
     * @param seconds that were set
     * @param afterMs how long before
     */
    public boolean hasJumped(long skewMs, int seconds, long afterMs) {
        boolean jumped = Math.abs(skewMs - seconds * 1_000L) < NEAR_MS;
        if (jumped) {
            moved = true;
        } else if (afterMs > LOOKED_AFTER_MS) {
            stuck = true;
        }
        return jumped;
    }

    /** Whether no clock has moved though at least one had to: the library does not work here. */
    public boolean neverMoved() {
        return stuck && !moved;
    }

    private Path file(String process) {
        return folder.resolve(process + ".clock");
    }
}
