package io.reliablemq.testdatabases;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MySqlServerTests {

    @Test
    void cleansUpNothingInAServerThatHasEnded() {
        MySqlUrl ended = MySqlUrl.parse("jdbc:mysql://127.0.0.1:" + FreePort.choose() + "/test?user=me&password=any");

        assertThatCode(() -> MySqlServer.drop(ended, "left")).doesNotThrowAnyException();
    }

    @Test
    void saysThatAServerHasRefusedTheCleanUp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread refusing = new Thread(() -> refuse(server));
            refusing.setDaemon(true);
            refusing.start();
            MySqlUrl refused =
                    MySqlUrl.parse("jdbc:mysql://127.0.0.1:" + server.getLocalPort() + "/test?user=me&password=any");

            assertThatThrownBy(() -> MySqlServer.drop(refused, "left"))
                    .hasMessageContaining("DROP DATABASE")
                    .hasMessageContaining("access is denied");
        }
    }

    /** An error packet in place of the greeting: number 1045, SQL state 28000. */
    private static void refuse(ServerSocket server) {
        try (Socket client = server.accept();
                OutputStream out = client.getOutputStream()) {
            byte[] text = "access is denied".getBytes(StandardCharsets.US_ASCII);
            out.write(new byte[] {(byte) (text.length + 3), 0, 0, 0, (byte) 0xff, (byte) (1045 & 0xff), 1045 >> 8});
            out.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
