package io.reliablemq.reliability.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.reliability.checker.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Events of one process, one line each. A line is with the operating system when {@link #add} returns, which outlives the process,
 * though not the machine. Safe for use by several threads.
 */
public final class EventFile implements AutoCloseable {

    private final FileChannel channel;

    /** @param file must not exist: the last line of a killed process may be torn */
    public EventFile(Path file) {
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("No history can be written to " + file, e);
        }
    }

    /** @throws UncheckedIOException when it is not written: a run without a history proves nothing */
    public synchronized void add(Event event) {
        ByteBuffer line = ByteBuffer.wrap((event.line() + "\n").getBytes(UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("An event of the history was not written", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
