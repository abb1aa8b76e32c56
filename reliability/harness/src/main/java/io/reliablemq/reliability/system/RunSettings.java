package io.reliablemq.reliability.system;

import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;

/**
 * What a run is made of.
 *
 * @param perSecond transactions of all producers together
 * @param mutant name of the break, or empty for the real product
 * @param folder for everything that the run writes
 */
public record RunSettings(
        long seed,
        TestDatabase database,
        Client client,
        int producers,
        int consumers,
        int keys,
        double perSecond,
        String mutant,
        Path folder) {

    /** Is there as long as there is load. */
    public Path load() {
        return folder.resolve("load");
    }

    /** What the processes and the conductor write down. */
    public Path history() {
        return folder.resolve("history");
    }

    Path logs() {
        return folder.resolve("logs");
    }
}
