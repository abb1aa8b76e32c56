package io.reliablemq.broker.embedded.network;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Before a server that answers each request with the same bytes. */
class TcpProxyTests {

    private final ConcurrentLinkedQueue<Byte> served = new ConcurrentLinkedQueue<>();
    private final CountDownLatch struck = new CountDownLatch(1);
    private ServerSocket server;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        thread(() -> {
            while (true) {
                Socket socket = server.accept();
                thread(() -> echo(socket));
            }
        });
        proxy = new TcpProxy(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesEverythingOn() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, "abc")).isEqualTo("abc");
        }
    }

    @Test
    void cutsAfterSoManyBytesToTheServer() throws Exception {
        proxy.interfere(Interference.cutAfter(Direction.TO_SERVER, 5, struck));
        try (Socket client = connect()) {
            assertThat(ask(client, "abc")).isEqualTo("abc");
            assertThatItIsCut(client, "defg");
        }
        struck.await();
        // the last ones may be lost on their way, with the connection
        assertThat(served).hasSizeBetween("abc".length(), 5);
        try (Socket next = connect()) {
            assertThat(ask(next, "a long one, after the only cut")).startsWith("a long one");
        }
    }

    @Test
    void losesTheReplyToARequestThatTheServerHasServed() throws Exception {
        proxy.interfere(Interference.loseReplyTo(Pattern.compile("commit"), struck));
        try (Socket client = connect()) {
            assertThat(ask(client, "insert")).isEqualTo("insert");
            assertThatItIsCut(client, "commit");
        }
        struck.await();
        assertThat(served).hasSize("insertcommit".length());
        try (Socket next = connect()) {
            assertThat(ask(next, "commit")).isEqualTo("commit");
        }
    }

    @Test
    void letsRequestsGoNowhereAndCutsTheirConnectionsWhenItIsHealed() throws Exception {
        try (Socket client = connect();
                Socket silent = connect()) {
            proxy.interfere(Interference.swallow(Direction.TO_SERVER));
            client.setSoTimeout(100);
            assertThatThrownBy(() -> ask(client, "abc")).isInstanceOf(SocketTimeoutException.class);
            assertThat(served).isEmpty();

            proxy.heal();

            client.setSoTimeout(60_000);
            assertThatItIsCut(client, "x");
            assertThat(ask(silent, "abc")).isEqualTo("abc");
        }
    }

    @Test
    void delaysWhatGoesEitherWayAndKeepsItsOrder() throws IOException {
        proxy.interfere(Interference.delay(30, 60));
        try (Socket client = connect()) {
            long sent = System.nanoTime();

            client.getOutputStream().write("abc".getBytes(US_ASCII));
            assertThat(ask(client, "def")).isEqualTo("abc");

            assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(2 * 30_000_000L);
            assertThat(client.getInputStream().readNBytes(3)).isEqualTo("def".getBytes(US_ASCII));
        }
    }

    @Test
    void refusesWhatTheServerRefuses() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (TcpProxy toNowhere =
                        new TcpProxy(new InetSocketAddress(loopback, 0), new InetSocketAddress(loopback, freePort()));
                Socket client = connect(toNowhere)) {
            assertThatItIsCut(client, "x");
        }
    }

    private Socket connect() throws IOException {
        return connect(proxy);
    }

    private static Socket connect(TcpProxy to) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static String ask(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes(text.length());
        if (answer.length < text.length()) {
            throw new SocketException("ended");
        }
        return new String(answer, US_ASCII);
    }

    private static void assertThatItIsCut(Socket client, String text) {
        assertThatThrownBy(() -> ask(client, text)).isInstanceOf(SocketException.class);
    }

    private void echo(Socket socket) throws IOException {
        try (socket) {
            byte[] request = new byte[100];
            for (int n = socket.getInputStream().read(request);
                    n >= 0;
                    n = socket.getInputStream().read(request)) {
                for (int i = 0; i < n; i++) {
                    served.add(request[i]);
                }
                socket.getOutputStream().write(request, 0, n);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (SocketException e) {
                // the test is over, or the proxy has cut
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
