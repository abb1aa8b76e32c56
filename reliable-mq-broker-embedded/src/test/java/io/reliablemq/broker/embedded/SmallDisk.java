package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A disk of its own, which only those can make who may mount one; and a file that fills it. */
record SmallDisk(Path path) implements AutoCloseable {

    /** In memory. */
    static SmallDisk inMemory(Path path, int megabytes) throws Exception {
        Files.createDirectories(path);
        return mounted(path, "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString());
    }

    /** In a file beside the path. */
    static SmallDisk ext4(Path path, int megabytes) throws Exception {
        Files.createDirectories(path);
        Path image = path.resolveSibling("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        Assumptions.assumeTrue(run("mkfs.ext4", "-q", "-F", image.toString()) == 0, "there is no mkfs.ext4");
        return mounted(path, "mount", "-o", "loop", image.toString(), path.toString());
    }

    private static SmallDisk mounted(Path path, String... command) throws Exception {
        Assumptions.assumeTrue(run(command) == 0, "this user cannot mount a disk");
        return new SmallDisk(path);
    }

    /** By RocketMQ's formula. */
    double percentUsed() throws IOException {
        FileStore disk = Files.getFileStore(path);
        return 100.0 * used(disk) / (used(disk) + disk.getUsableSpace());
    }

    /** Up to that percentage, 100 for the last block. */
    void fillTo(int percent) throws Exception {
        FileStore disk = Files.getFileStore(path);
        long all = used(disk) + disk.getUsableSpace();
        long missing = Math.min(disk.getUsableSpace(), all * percent / 100 - used(disk));
        assertThat(run("fallocate", "-l", String.valueOf(missing), filler().toString()))
                .isZero();
        assertThat(percentUsed()).isGreaterThan(percent - 1);
    }

    void fill(int megabytes) throws Exception {
        assertThat(run("fallocate", "-l", megabytes + "MiB", filler().toString()))
                .isZero();
    }

    void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return path.resolve("filler");
    }

    private static long used(FileStore disk) throws IOException {
        return disk.getTotalSpace() - disk.getUnallocatedSpace();
    }

    private static int run(String... command) throws Exception {
        // the channels of this JVM are the build's
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            System.out.println(String.join(" ", command) + ": " + said);
        }
        return status;
    }

    /** Also while a native library that was loaded from it is in use. */
    @Override
    public void close() throws Exception {
        run("umount", "-l", path.toString());
    }
}
