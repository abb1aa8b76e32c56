package io.reliablemq.reliability.worker;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the conductor says to a process.
 *
 * @param name such as producer-1.2, of the second process in the place of producer-1
 * @param seed of this process
 * @param keys number of accounts
 * @param threads that send
 * @param perSecond transactions of this process
 * @param history file to write events to
 * @param ready file to create when the application is up
 * @param load file that is there as long as there is load
 * @param exhausted file that is there as long as this process shall have no connection left
 * @param observed file for what this process sees of itself
 * @param leastSize of messages, bytes
 * @param epoch milliseconds of the machine's clock, less those that {@link System#nanoTime} shows: the clock of this process may be wrong
 */
@ConfigurationProperties("worker")
record WorkerProperties(
        String name,
        long seed,
        int keys,
        int threads,
        double perSecond,
        Path history,
        Path ready,
        Path load,
        Path exhausted,
        Path observed,
        int leastSize,
        long epoch) {

    /** By the machine's clock, which the history is written by. */
    long now() {
        return epoch + System.nanoTime() / 1_000_000;
    }
}
