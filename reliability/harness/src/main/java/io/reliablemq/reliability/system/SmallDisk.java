package io.reliablemq.reliability.system;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of its own for the broker, in a file, and another file that fills it. Only those have it who may mount one. */
public final class SmallDisk implements AutoCloseable {

    private final Path path;
    private final Thread unmountAtEnd = new Thread(this::unmount, "unmount");

    private SmallDisk(Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(unmountAtEnd);
    }

    /**
     * @param path where it is mounted, which its image stands beside
     * @throws NotPossibleException when this user or machine cannot
     */
    static SmallDisk at(Path path, int megabytes) throws IOException {
        Files.createDirectories(path);
        Path image = path.resolveSibling(path.getFileName() + ".image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        boolean mounted = succeeds("mkfs.ext4", "-q", "-F", image.toString())
                && succeeds("mount", "-o", "loop", image.toString(), path.toString());
        // what is mounted keeps it
        Files.delete(image);
        if (!mounted) {
            throw new NotPossibleException("this user cannot mount a small ext4 disk");
        }
        return new SmallDisk(path);
    }

    Path path() {
        return path;
    }

    /** By the formula of the broker. Another program has written that, not the broker. */
    public void fillTo(int percent) throws IOException {
        FileStore disk = Files.getFileStore(path);
        long used = disk.getTotalSpace() - disk.getUnallocatedSpace();
        long missing = (used + disk.getUsableSpace()) * percent / 100 - used;
        if (missing > 0 && !succeeds("fallocate", "-l", String.valueOf(missing), filler().toString())) {
            throw new IllegalStateException(path + " could not be filled");
        }
    }

    public void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    @Override
    public void close() {
        unmount();
        Runtime.getRuntime().removeShutdownHook(unmountAtEnd);
    }

    private void unmount() {
        succeeds("umount", "-l", path.toString());
    }

    private Path filler() {
        return path.resolve("filler");
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command[0], e);
        } catch (IOException e) {
            // there is no such command here
            return false;
        }
    }
}
