package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** When old messages go, and from when on no new ones are taken. */
class DiskLimitsTests {

    private static final Duration SHORT = Duration.ofHours(1);
    private static final Duration AGE = Duration.ofMinutes(90);
    private static final Duration LONG = Duration.ofHours(2);
    private static final SortedSet<Integer> ALWAYS = hours(0, 23);
    private static final Duration SOON = Duration.ofSeconds(100);

    @TempDir
    Path directory;

    @Test
    void deletesWhatIsOldEnoughInTheHoursThatWereGivenAndInAnyHourWhenTheDiskIsTooFull() throws Exception {
        int now = LocalTime.now().getHour();
        SortedSet<Integer> later = hours(now + 3, now + 20);
        Path expired = twoFilesOfMessages();
        Path tooYoung = copyOf(expired, "too-young");
        Path wrongHour = copyOf(expired, "wrong-hour");
        Path tooFull = copyOf(expired, "too-full");
        List<EmbeddedBroker> brokers = new CopyOnWriteArrayList<>();
        try {
            Together.run(List.of(
                    () -> brokers.add(start(tooYoung, new DiskLimits(LONG, ALWAYS, 85, 90))),
                    () -> brokers.add(start(wrongHour, new DiskLimits(SHORT, later, 85, 90))),
                    () -> brokers.add(start(tooFull, new DiskLimits(SHORT, later, 10, 90)))));
            brokers.add(start(expired, new DiskLimits(SHORT, ALWAYS, 85, 90)));
            // each looks a minute after its start, this one last
            await(() -> !Files.exists(oldestFile(expired)));
            assertThat(oldestFile(tooYoung)).exists();
            assertThat(oldestFile(wrongHour)).exists();
            assertThat(Files.exists(oldestFile(tooFull))).isEqualTo(percentUsed(directory) <= 10);
        } finally {
            Together.run(brokers.stream().<Runnable>map(broker -> broker::close).toList());
        }
    }

    /** A disk of its own can only be made by who may mount one. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesToSendWhileTheDiskIsFullerThanTheLimit() throws Exception {
        try (Disk disk = Disk.mount(directory.resolve("disk"), 900)) {
            EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(
                            disk.path().resolve("data"))
                    .withTopics(TopicDeclaration.normal("orders"))
                    .withDiskLimits(new DiskLimits(SHORT, ALWAYS, 85, 60));
            Path filler = disk.path().resolve("filler");
            try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                    Client client = new Client(broker.endpoints())) {
                Producer producer = client.producer("orders");
                assertThat(isTaken(producer)).isTrue();
                disk.fill(filler, 580);
                await(() -> !isTaken(producer));
                Files.delete(filler);
                await(() -> isTaken(producer));
                disk.fill(filler, 580);
            }
            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("% full, and above 60 %")
                    .hasMessageContaining("free ");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void saysHowMuchDiskIsMissing() throws Exception {
        try (Disk disk = Disk.mount(directory.resolve("disk"), 50)) {
            Path data = disk.path().resolve("data");

            assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBrokerSettings.in(data)))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("has 49 MB left") // and some KB
                    .hasMessageContaining("needs")
                    .hasMessageContaining("choose a directory on another disk");
            assertThat(data.resolve("lib")).doesNotExist();
        }
    }

    private Path twoFilesOfMessages() throws Exception {
        Path data = directory.resolve("expired");
        String body = "x".repeat(3 << 20);
        try (EmbeddedBroker broker = EmbeddedBroker.start(
                        EmbeddedBrokerSettings.in(data).withTopics(TopicDeclaration.normal("orders")));
                Client client = new Client(broker.endpoints())) {
            Producer producer = client.producer("orders");
            for (int i = 0; i < 12; i++) {
                producer.send(Client.message("orders", body));
            }
        }
        return data;
    }

    private Path copyOf(Path data, String name) throws IOException {
        Path copy = directory.resolve(name);
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(data.relativize(file)));
            }
        }
        return copy;
    }

    private static EmbeddedBroker start(Path data, DiskLimits limits) {
        try {
            Files.setLastModifiedTime(
                    oldestFile(data), FileTime.from(Instant.now().minus(AGE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return EmbeddedBroker.start(EmbeddedBrokerSettings.in(data).withDiskLimits(limits));
    }

    private static Path oldestFile(Path data) {
        return data.resolve("broker-0").resolve("commitlog").resolve("%020d".formatted(0));
    }

    private static SortedSet<Integer> hours(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(hour -> hour % 24)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double percentUsed(Path path) throws IOException {
        FileStore disk = Files.getFileStore(path);
        long used = disk.getTotalSpace() - disk.getUnallocatedSpace();
        return 100.0 * used / (used + disk.getUsableSpace());
    }

    private static boolean isTaken(Producer producer) {
        try {
            producer.send(Client.message("orders", "x"));
            return true;
        } catch (ClientException e) {
            return false;
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** A small disk in memory. */
    private record Disk(Path path) implements AutoCloseable {

        static Disk mount(Path path, int megabytes) throws Exception {
            Files.createDirectories(path);
            Process mount = new ProcessBuilder(
                            "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString())
                    .inheritIO()
                    .start();
            Assumptions.assumeTrue(mount.waitFor() == 0, "this user cannot mount a disk");
            return new Disk(path);
        }

        void fill(Path file, int megabytes) throws IOException {
            byte[] megabyte = new byte[1 << 20];
            try (var out = Files.newOutputStream(file)) {
                for (int i = 0; i < megabytes; i++) {
                    out.write(megabyte);
                }
            }
        }

        /** Also while a native library that was loaded from it is in use. */
        @Override
        public void close() throws Exception {
            new ProcessBuilder("umount", "-l", path.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }
}
