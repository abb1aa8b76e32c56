package io.reliablemq.autoconfigure;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/** A name server and two brokers for the classic client. They have every topic, remember what they are sent, and keep nothing. */
final class RecordingCluster implements AutoCloseable {

    static final String ONE = "one";
    static final String OTHER = "other";
    private static final long MASTER = 0;
    private static final long REPLICA = 1;
    private static final int QUEUES = 4;

    /** @param request with one message, or with a batch of them */
    record Sent(String broker, RemotingCommand request) {

        int messages() {
            try {
                return request.getCode() == RequestCode.SEND_BATCH_MESSAGE
                        ? MessageDecoder.decodeMessages(ByteBuffer.wrap(request.getBody()))
                                .size()
                        : 1;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    final List<Sent> sent = new CopyOnWriteArrayList<>();

    /** How often the name server was asked where a topic is. */
    final AtomicInteger routeQuestions = new AtomicInteger();

    /** The largest number of sends that were without an answer at a time. */
    final AtomicInteger mostOpen = new AtomicInteger();

    /** What is asked before this is done has its answer then. */
    volatile CompletableFuture<Void> routes = CompletableFuture.completedFuture(null);

    volatile CompletableFuture<Void> receipts = CompletableFuture.completedFuture(null);

    /** Brokers that answer each send with an error. */
    volatile Set<String> failing = Set.of();

    /** Brokers of which a replica is left. */
    volatile Set<String> withoutMaster = Set.of();

    private final AtomicInteger open = new AtomicInteger();
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Map<String, String> brokers;
    private final String nameServer;

    RecordingCluster() throws IOException {
        brokers =
                Map.of(ONE, server(request -> broker(ONE, request)), OTHER, server(request -> broker(OTHER, request)));
        nameServer = server(this::nameServer);
    }

    String nameServer() {
        return nameServer;
    }

    private interface Answers {

        CompletableFuture<RemotingCommand> to(RemotingCommand request);
    }

    private CompletableFuture<RemotingCommand> nameServer(RemotingCommand request) {
        if (request.getCode() != RequestCode.GET_ROUTEINFO_BY_TOPIC) {
            return answer(ResponseCode.REQUEST_CODE_NOT_SUPPORTED);
        }
        routeQuestions.incrementAndGet();
        return routes.thenApply(now -> {
            RemotingCommand answer = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, "");
            answer.setBody(route().encode());
            return answer;
        });
    }

    private TopicRouteData route() {
        TopicRouteData route = new TopicRouteData();
        route.setFilterServerTable(new HashMap<>());
        route.setQueueDatas(new ArrayList<>());
        route.setBrokerDatas(new ArrayList<>());
        brokers.forEach((broker, address) -> {
            QueueData queues = new QueueData();
            queues.setBrokerName(broker);
            queues.setReadQueueNums(QUEUES);
            queues.setWriteQueueNums(QUEUES);
            queues.setPerm(PermName.PERM_READ | PermName.PERM_WRITE);
            route.getQueueDatas().add(queues);
            HashMap<Long, String> addresses = new HashMap<>();
            addresses.put(withoutMaster.contains(broker) ? REPLICA : MASTER, address);
            route.getBrokerDatas().add(new BrokerData("cluster", broker, addresses));
        });
        return route;
    }

    private CompletableFuture<RemotingCommand> broker(String broker, RemotingCommand request) {
        return switch (request.getCode()) {
            case RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE -> {
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                sent.add(new Sent(broker, request));
                yield receipts.thenApply(now -> {
                    open.decrementAndGet();
                    return failing.contains(broker)
                            ? RemotingCommand.createResponseCommand(ResponseCode.SYSTEM_ERROR, "by the test")
                            : receipt();
                });
            }
            case RequestCode.HEART_BEAT, RequestCode.UNREGISTER_CLIENT -> answer(ResponseCode.SUCCESS);
            // as old ones do when they are asked for a topic's type
            default -> answer(ResponseCode.REQUEST_CODE_NOT_SUPPORTED);
        };
    }

    private static RemotingCommand receipt() {
        RemotingCommand receipt = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, "");
        receipt.addExtField("msgId", "0");
        receipt.addExtField("queueId", "0");
        receipt.addExtField("queueOffset", "0");
        return receipt;
    }

    private static CompletableFuture<RemotingCommand> answer(int code) {
        return CompletableFuture.completedFuture(RemotingCommand.createResponseCommand(code, ""));
    }

    /** @return its address */
    private String server(Answers answers) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        servers.add(server);
        inBackground(() -> {
            while (true) {
                Socket client = server.accept();
                inBackground(() -> serve(client, answers));
            }
        });
        return "127.0.0.1:" + server.getLocalPort();
    }

    private static void serve(Socket client, Answers answers) throws IOException, RemotingCommandException {
        try (client) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            OutputStream out = client.getOutputStream();
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                RemotingCommand request = RemotingCommand.decode(frame);
                CompletableFuture<Void> unused =
                        answers.to(request).thenAccept(answer -> write(answer, request.getOpaque(), out));
            }
        }
    }

    private static void write(RemotingCommand answer, int to, OutputStream out) {
        answer.setOpaque(to);
        synchronized (out) {
            try {
                out.write(answer.encode().array());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private interface Work {

        void run() throws IOException, RemotingCommandException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one of the two sides is closed
            } catch (RemotingCommandException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
    }
}
