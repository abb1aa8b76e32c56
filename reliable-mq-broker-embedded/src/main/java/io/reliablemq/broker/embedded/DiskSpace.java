package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the disk has room for the broker, before it makes files there. On a disk without room it would end up with half of them,
 * on one that is nearly full it would take a message and no second one.
 */
final class DiskSpace {

    private static final long MEGABYTE = 1L << 20;
    /** 69 MB at its first start, 41 MB more with its first delayed message, and the next file of its log. */
    private static final long NEW_BROKER = 150 * MEGABYTE;
    /** The next two files of its log. */
    private static final long KNOWN_BROKER = 64 * MEGABYTE;

    private final EmbeddedBrokerSettings settings;
    private final BrokerLibrary library;

    DiskSpace(EmbeddedBrokerSettings settings, BrokerLibrary library) {
        this.settings = settings;
        this.library = library;
    }

    /** Throws {@link EmbeddedBrokerException} saying how much is missing, or which limit is passed. */
    void require() {
        Path data = settings.dataDirectory();
        try {
            FileStore disk = Files.getFileStore(data);
            requireFree(disk.getUsableSpace());
            requireBelowLimit(disk);
        } catch (IOException e) {
            throw new EmbeddedBrokerException(
                    "The disk of data directory '%s' cannot be looked at (%s): choose a local directory"
                            .formatted(data, e),
                    e);
        }
    }

    private void requireFree(long free) {
        long needed = library.missingBytes() + brokers();
        if (free < needed) {
            throw new EmbeddedBrokerException(
                    "The disk of data directory '%s' has %d MB left, and what is asked for (brokers: %d, replicas: %d) needs %d MB there: free some, or choose a directory on another disk"
                            .formatted(
                                    settings.dataDirectory(),
                                    free / MEGABYTE,
                                    settings.brokers(),
                                    settings.replicas(),
                                    needed / MEGABYTE + 1));
        }
    }

    private long brokers() {
        return settings.seats()
                .all()
                .map(seat -> settings.dataDirectory().resolve(seat.name()))
                .mapToLong(broker -> Files.exists(broker) ? KNOWN_BROKER : NEW_BROKER)
                .sum();
    }

    /** By RocketMQ's own formula. */
    private void requireBelowLimit(FileStore disk) throws IOException {
        long used = disk.getTotalSpace() - disk.getUnallocatedSpace();
        long percent = (long) Math.ceil(100.0 * used / (used + disk.getUsableSpace()));
        int limit = settings.diskLimits().diskSpaceWarningLevelRatio();
        if (percent > limit) {
            throw new EmbeddedBrokerException(
                    "The disk of data directory '%s' is %d %% full, and above %d %% (diskSpaceWarningLevelRatio, at most 90) RocketMQ takes no messages: free %d MB, or choose a directory on another disk"
                            .formatted(
                                    settings.dataDirectory(),
                                    percent,
                                    limit,
                                    (used - (used + disk.getUsableSpace()) * limit / 100) / MEGABYTE + 1));
        }
    }
}
