package io.reliablemq.broker.embedded.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Held by the one process that runs a member of this data directory. After a kill of the application a child may live on for a
 * moment: its successor opens no file before it is gone.
 */
final class MemberLock implements AutoCloseable {

    private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

    private final FileChannel channel;

    private MemberLock(FileChannel channel) {
        this.channel = channel;
    }

    static MemberLock await(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Await.until("the end of the process that had '" + file + "' before", GONE_WITHIN, () -> isLocked(channel));
        return new MemberLock(channel);
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (IOException e) {
            throw new IllegalStateException("the lock of a member cannot be taken: " + e, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
