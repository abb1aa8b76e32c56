package io.reliablemq.reliability.fault;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a power cut may leave at the end of a broker's log: a part of a message that nobody was told of. Nothing that was acknowledged
 * is touched.
 *
 * <p>In RocketMQ's log each message begins with its size and a magic number, and zeros follow the last one.
 */
final class TornTail {

    private static final int HEAD = 8;
    /** Shorter than the rest of a file must be for one more message. */
    private static final int LEAST = 100;

    private final Path folder;

    /** @param folder of a broker that does not run, with one log below it */
    TornTail(Path folder) {
        this.folder = folder;
    }

    /**
     * Writes half a message after the last one, or something that looks like none.
     *
     * @return where it was written, or -1 where the last file has no place for it
     */
    long tear(int choice) throws IOException {
        try (FileChannel log = FileChannel.open(last(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer messages = log.map(FileChannel.MapMode.READ_WRITE, 0, log.size());
            int before = 0;
            int end = 0;
            while (end + HEAD < messages.capacity() && messages.getInt(end) > HEAD) {
                before = end;
                end += messages.getInt(end);
            }
            int length = Math.min((end - before) / 2, messages.capacity() - end);
            if (length < LEAST / 2) {
                return -1;
            }
            byte[] torn = new byte[length];
            if (choice % 2 == 0) {
                messages.get(before, torn);
            } else {
                new Random(choice).nextBytes(torn);
            }
            messages.put(end, torn);
            messages.force();
            return end;
        }
    }

    private Path last() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/commitlog/"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
            return lastWithMessages(files);
        }
    }

    /** The next file is prepared before it is needed. */
    private static Path lastWithMessages(List<Path> files) throws IOException {
        for (int i = files.size() - 1; i > 0; i--) {
            try (FileChannel log = FileChannel.open(files.get(i), StandardOpenOption.READ)) {
                if (log.map(FileChannel.MapMode.READ_ONLY, 0, HEAD).getInt(0) > 0) {
                    return files.get(i);
                }
            }
        }
        return files.get(0);
    }
}
