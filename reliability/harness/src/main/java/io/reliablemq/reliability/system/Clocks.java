package io.reliablemq.reliability.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/** The clocks of single processes, which jump while they run. Only what says the time of day does: no clock setting moves the rest. */
public final class Clocks {

    private final Optional<Path> library;
    private final Path folder;

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

    private Path file(String process) {
        return folder.resolve(process + ".clock");
    }
}
