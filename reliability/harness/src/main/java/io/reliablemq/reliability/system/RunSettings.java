package io.reliablemq.reliability.system;

import io.reliablemq.reliability.mutant.Mutant;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run is made of.
 *
 * @param replicas copies of each message that the broker keeps
 * @param perSecond transactions of all producers together
 * @param mutant name of the break, or empty for the real product
 * @param clockLibrary with which clocks can be set, where there is one
 * @param folder for everything that the run writes
 */
public record RunSettings(
        long seed,
        TestDatabase database,
        Client client,
        int replicas,
        int producers,
        int consumers,
        int keys,
        double perSecond,
        String mutant,
        Optional<Path> clockLibrary,
        Path folder) {

    /** Is there as long as there is load. */
    public Path load() {
        return folder.resolve("load");
    }

    /** What the processes and the conductor write down. */
    public Path history() {
        return folder.resolve("history");
    }

    /** Is there as long as the process of that name shall have no connection left. */
    public Path exhausted(String process) {
        return folder.resolve(process + ".exhausted");
    }

    /** What the process of that name sees of itself. */
    Path observed(String process) {
        return folder.resolve(process + ".observed");
    }

    /** Whether the broker is the one that is broken. */
    boolean isForciblyCleaned() {
        return mutant.equals(Mutant.FORCIBLE_CLEAN.text());
    }

    /** Whether the broker has a small disk of its own, which is filled. */
    boolean hasSmallDisk() {
        return !mutant.isEmpty() && Mutant.of(mutant).fillsTheDisk();
    }

    Path logs() {
        return folder.resolve("logs");
    }
}
