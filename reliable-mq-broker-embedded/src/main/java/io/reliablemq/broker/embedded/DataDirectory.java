package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The broker's directory, held for this instance alone; the operating system lets go of it when the JVM dies. */
final class DataDirectory implements AutoCloseable {

    private static final String LOCK_FILE = "embedded-broker.lock";
    // beyond the content, so that others can read there who holds it even where locks are mandatory
    private static final long LOCK_POSITION = Long.MAX_VALUE - 1;

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static DataDirectory hold(Path path) {
        FileChannel channel = open(path);
        try {
            if (tryLock(channel) == null) {
                throw new EmbeddedBrokerException(
                        "Data directory '%s' is in use by another embedded broker (%s): stop it, or choose another data directory"
                                .formatted(path, holder(path)));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(("process " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new DataDirectory(path, channel);
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            throw e instanceof EmbeddedBrokerException known ? known : notWritable(path, e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static FileChannel open(Path path) {
        try {
            Files.createDirectories(path);
            return FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCK_POSITION, 1, false);
        } catch (OverlappingFileLockException e) {
            return null; // held by an instance in this JVM
        }
    }

    private static String holder(Path path) {
        try {
            return Files.readString(path.resolve(LOCK_FILE));
        } catch (IOException e) {
            return "of an unknown process";
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }

    private static EmbeddedBrokerException notWritable(Path path, Exception cause) {
        return new EmbeddedBrokerException(
                "Data directory '%s' cannot be written (%s): choose a local directory this user can write to"
                        .formatted(path, cause),
                cause);
    }
}
