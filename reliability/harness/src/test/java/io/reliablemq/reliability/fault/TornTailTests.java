package io.reliablemq.reliability.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornTailTests {

    private static final int SIZE = 10_000;
    private static final int MESSAGE = 300;

    @TempDir
    Path folder;

    private Path log;

    @BeforeEach
    void makeFolder() throws IOException {
        log = Files.createDirectories(folder.resolve("broker/commitlog"));
    }

    @Test
    void writesHalfAMessageAfterTheLastOneAndTouchesNoOther() throws IOException {
        byte[] before = write("00000", 5);

        long at = new TornTail(folder).tear(0);

        byte[] after = Files.readAllBytes(log.resolve("00000"));
        assertThat(at).isEqualTo(5 * MESSAGE);
        assertThat(Arrays.copyOf(after, (int) at)).isEqualTo(Arrays.copyOf(before, (int) at));
        assertThat(Arrays.copyOfRange(after, (int) at, (int) at + MESSAGE / 2))
                .isEqualTo(Arrays.copyOf(before, MESSAGE / 2));
        assertThat(Arrays.copyOfRange(after, (int) at + MESSAGE / 2, SIZE)).containsOnly(0);
    }

    @Test
    void writesWhatLooksLikeNoMessage() throws IOException {
        write("00000", 5);

        long at = new TornTail(folder).tear(1);

        byte[] after = Files.readAllBytes(log.resolve("00000"));
        assertThat(Arrays.copyOfRange(after, (int) at, (int) at + MESSAGE / 2))
                .isNotEqualTo(Arrays.copyOf(after, MESSAGE / 2));
        assertThat(Arrays.copyOfRange(after, (int) at + MESSAGE / 2, SIZE)).containsOnly(0);
    }

    @Test
    void passesOverAFileThatIsPreparedOnly() throws IOException {
        write("00000", 5);
        write("10000", 2);
        byte[] prepared = write("20000", 0);

        assertThat(new TornTail(folder).tear(0)).isEqualTo(2 * MESSAGE);
        assertThat(Files.readAllBytes(log.resolve("20000"))).isEqualTo(prepared);
    }

    @Test
    void leavesAFileAloneThatHasNoPlaceForIt() throws IOException {
        byte[] full = write("00000", SIZE / MESSAGE);
        Files.write(log.resolve("00000"), Arrays.copyOf(full, SIZE / MESSAGE * MESSAGE));

        assertThat(new TornTail(folder).tear(0)).isEqualTo(-1);
    }

    private byte[] write(String name, int messages) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        for (int i = 0; i < messages; i++) {
            bytes.putInt(i * MESSAGE, MESSAGE);
            for (int j = 4; j < MESSAGE; j++) {
                bytes.put(i * MESSAGE + j, (byte) 7);
            }
        }
        Files.write(log.resolve(name), bytes.array());
        return bytes.array();
    }
}
