package io.reliablemq.doctor.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.rules.Rules;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not answer, or answers nonsense, is unknown. */
class SilentClusterTests {

    @Test
    void nobodyListens() {
        assertThat(examine("127.0.0.1:1")).contains("127.0.0.1:1", "does not answer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "host:port", "127.0.0.1:99999", ""})
    void addressesThatAreNone(String address) {
        assertThat(examine(address)).contains("the name server at " + address);
    }

    @Test
    void somebodyListensAndSaysNothing() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(examine("127.0.0.1:" + server.getLocalPort())).contains("timed out");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":0,\"flag\":1,\"opaque\":1}|[]",
                "{\"code\":0,\"flag\":1,\"opaque\":1}|{\"brokerAddrTable\":",
                "{\"code\":0,\"flag\":1,\"opaque\":1}|{\"brokerAddrTable\":{}}",
                "{\"code\":16,\"remark\":\"no permission\",\"flag\":1,\"opaque\":1}|",
                "{\"flag\":1,\"opaque\":1}|",
                "HTTP/1.1 400 Bad Request|"
            })
    void somebodyAnswersSomethingElse(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = answering(server, answer);
            assertThat(examine("127.0.0.1:" + server.getLocalPort())).contains("does not say which brokers there are");
            thread.join();
        }
    }

    @Test
    void aLengthThatNoRocketMqWouldSendIsNotBelieved() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read(new byte[4]);
                    socket.getOutputStream().write("HTTP/1.1 400".getBytes(UTF_8));
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            assertThat(examine("127.0.0.1:" + server.getLocalPort())).contains("that is no RocketMQ");
            thread.join();
        }
    }

    @Test
    void aBrokerThatTheNameServerKnowsIsAway() throws Exception {
        String brokers = "{\"brokerAddrTable\":{\"a\":{\"brokerAddrs\":{0:\"127.0.0.1:1\"},\"brokerName\":\"a\"}}}";
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = answering(server, "{\"code\":0,\"flag\":1,\"opaque\":1}|" + brokers);
            assertThat(findings("127.0.0.1:" + server.getLocalPort()))
                    .extracting(Finding::rule, Finding::subject, Finding::status)
                    .containsExactlyInAnyOrder(
                            tuple("broker", "broker a (master, 127.0.0.1:1)", Status.UNKNOWN),
                            tuple("topic", "topic orders", Status.UNKNOWN));
            thread.join();
        }
    }

    /** It has counted nothing yet, and fails the question for its state. */
    @Test
    void aBrokerThatHasJustStartedIsAskedAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RemotingConnection connection =
                        new RemotingConnection("127.0.0.1:" + startingBroker(server), Duration.ofSeconds(5))) {
            assertThat(new BrokerInspection(connection).state().version()).isEqualTo("5.5.0");
        }
    }

    /** Each queue would be asked for its position. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 65_537, Integer.MAX_VALUE, Long.MAX_VALUE})
    void aNumberOfQueuesThatNoBrokerHasIsNotBelieved(long queues) {
        assertThatThrownBy(() -> BrokerInspection.queues(queues))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(queues));
    }

    @Test
    void aNumberOfQueuesIsTaken() throws IOException {
        assertThat(BrokerInspection.queues(65_536)).isEqualTo(65_536);
    }

    private static int startingBroker(ServerSocket server) {
        String uncounted =
                "\"code\":1,\"remark\":\"java.util.NoSuchElementException, java.base/java.util.LinkedList\"|";
        List<String> answers = List.of(
                "\"code\":0|flushDiskType=SYNC_FLUSH",
                uncounted,
                uncounted,
                "\"code\":0|{\"table\":{\"brokerVersionDesc\":\"V5_5_0\"}}",
                "\"code\":0|{\"haConnectionInfo\":[]}");
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                for (int i = 0; i < answers.size(); i++) {
                    in.readFully(new byte[in.readInt()]);
                    String[] parts = answers.get(i).split("\\|", -1);
                    write(out, "{" + parts[0] + ",\"flag\":1,\"opaque\":" + (i + 1) + "}", parts[1]);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server.getLocalPort();
    }

    private static void write(DataOutputStream out, String head, String content) throws IOException {
        byte[] header = head.getBytes(UTF_8);
        byte[] body = content.getBytes(UTF_8);
        out.writeInt(4 + header.length + body.length);
        out.writeInt(header.length);
        out.write(header);
        out.write(body);
        out.flush();
    }

    private static Thread answering(ServerSocket server, String answer) {
        String[] parts = answer.split("\\|", -1);
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.readFully(new byte[in.readInt()]);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                write(out, parts[0], parts[1]);
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    private static String examine(String nameServer) {
        List<Finding> findings = findings(nameServer);
        assertThat(findings)
                .extracting(Finding::rule, Finding::status)
                .containsExactly(tuple("cluster", Status.UNKNOWN));
        return findings.get(0).reason();
    }

    private static List<Finding> findings(String nameServer) {
        ApplicationFacts application = new ApplicationFacts(
                2, Duration.ofSeconds(3), Duration.ofHours(1), false, null, Set.of("orders"), List.of());
        return Rules.judge(new Facts(
                        application,
                        null,
                        new ClusterInspection(ClusterAddress.of(nameServer), Duration.ofMillis(500), false)
                                .inspect(application)))
                .notOk();
    }
}
