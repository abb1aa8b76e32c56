package io.reliablemq.samples.orders.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The orders that were answered with success: what the service has promised. On disk before the client goes on. */
final class Ledger {

    private final Path file;
    private final FileChannel channel;

    Ledger(Path file) throws IOException {
        this.file = file;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    }

    synchronized void append(String orderId) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((orderId + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        channel.force(false);
    }

    List<String> orderIds() throws IOException {
        return Files.readAllLines(file);
    }
}
