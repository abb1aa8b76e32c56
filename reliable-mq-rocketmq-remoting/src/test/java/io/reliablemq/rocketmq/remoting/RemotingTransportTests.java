package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.rocketmq.TransportContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract on Apache RocketMQ itself, through its classic client. */
@Execution(ExecutionMode.CONCURRENT)
class RemotingTransportTests extends TransportContract {

    private static final AtomicInteger names = new AtomicInteger();

    private static EmbeddedBroker broker;
    private static RemotingConnection connection;
    private static DefaultMQProducer foreign;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory));
        // the tests start at once, on a slow machine
        connection = new RemotingConnection(
                RemotingSettings.at(broker.nameServer()).withRequestTimeout(Duration.ofSeconds(15)));
        foreign = new DefaultMQProducer("foreign");
        foreign.setNamesrvAddr(broker.nameServer());
        foreign.setInstanceName("foreign");
        foreign.start();
    }

    @AfterAll
    static void stop() {
        foreign.shutdown();
        connection.close();
        broker.close();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected MessageSender sender() {
        return connection.sender();
    }

    @Override
    protected MessageReceiverFactory receivers() {
        return connection.receivers();
    }

    @Override
    protected String createTopic(Kind kind) {
        String name = "topic-" + names.incrementAndGet();
        TopicType type =
                switch (kind) {
                    case UNORDERED -> TopicType.NORMAL;
                    case ORDERED -> TopicType.FIFO;
                    case DELAYED -> TopicType.DELAY;
                };
        broker.createTopic(new TopicDeclaration(name, type, 4));
        return name;
    }

    @Override
    protected String createGroup(boolean ordered) {
        String name = "group-" + names.incrementAndGet();
        broker.createGroup(ordered ? GroupDeclaration.fifo(name) : GroupDeclaration.concurrent(name));
        return name;
    }

    @Override
    protected Away away() {
        RemotingConnection away = new RemotingConnection(RemotingSettings.at("127.0.0.1:" + freePort()));
        return new Away() {
            @Override
            public MessageSender sender() {
                return away.sender();
            }

            @Override
            public MessageReceiverFactory receivers() {
                return away.receivers();
            }

            @Override
            public void close() {
                away.close();
            }
        };
    }

    @Override
    protected void publishForeign(String topic, String body) throws Exception {
        foreign.send(new Message(topic, body.getBytes(UTF_8)));
    }

    @Override
    protected Duration shortestInvisible() {
        return RemotingReceiver.LEAST_INVISIBLE;
    }

    /** The broker revives about once a second and looks back 1 s; the machine of the tests is slow. */
    @Override
    protected Duration redeliveryLatency() {
        return Duration.ofSeconds(6);
    }
}
