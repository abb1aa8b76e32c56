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
 */
@ConfigurationProperties("worker")
record WorkerProperties(
        String name, long seed, int keys, int threads, double perSecond, Path history, Path ready, Path load) {}
