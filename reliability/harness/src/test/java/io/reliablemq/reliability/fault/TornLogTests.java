package io.reliablemq.reliability.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornLogTests {

    private static final int MESSAGE = 300;

    @TempDir
    Path folder;

    @Test
    void isOneWhereHalfAMessageWasLeftBehind() throws Exception {
        TornLog fault = fault(10 * MESSAGE);

        assertThat(fault.strike()).isPresent();
        assertThat(fault.kind(FaultKind.BROKER_TORN)).isEqualTo(FaultKind.BROKER_TORN);
        assertThat(fault.target()).isEqualTo("broker");
    }

    @Test
    void isAKilledBrokerWhereThereIsNoPlaceForHalfAMessage() throws Exception {
        TornLog fault = fault(2 * MESSAGE);

        assertThat(fault.strike()).isPresent();
        assertThat(fault.kind(FaultKind.BROKER_TORN)).isEqualTo(FaultKind.BROKER_KILL);
    }

    /** Of a log with two messages. */
    private TornLog fault(int size) throws IOException {
        ByteBuffer log = ByteBuffer.allocate(size).putInt(0, MESSAGE).putInt(MESSAGE, MESSAGE);
        Files.write(Files.createDirectories(folder.resolve("commitlog")).resolve("00000"), log.array());
        return new TornLog(new SwitchedFault("broker", () -> {}, () -> {}), new TornTail(folder), 0);
    }
}
