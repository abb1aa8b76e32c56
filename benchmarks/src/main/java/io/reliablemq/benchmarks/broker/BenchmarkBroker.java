package io.reliablemq.benchmarks.broker;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** One RocketMQ on a temporary folder, with a topic of each kind, that flushes before it acknowledges. */
public final class BenchmarkBroker implements AutoCloseable {

    private static final String NORMAL = "benchmark-normal";
    private static final String FIFO = "benchmark-fifo";

    private final Path folder;
    private final EmbeddedBroker broker;
    private final RocketMqConnection connection;

    private BenchmarkBroker(Path folder, EmbeddedBroker broker) {
        this.folder = folder;
        this.broker = broker;
        this.connection = new RocketMqConnection(RocketMqSettings.at(broker.endpoints()));
    }

    public static BenchmarkBroker start() throws IOException {
        Path folder = Files.createTempDirectory("reliable-mq-benchmark-broker-");
        return new BenchmarkBroker(
                folder,
                EmbeddedBroker.start(EmbeddedBrokerSettings.in(folder)
                        .withTopics(TopicDeclaration.normal(NORMAL), TopicDeclaration.fifo(FIFO))));
    }

    public String topic(boolean ordered) {
        return ordered ? FIFO : NORMAL;
    }

    /** What the relay sends with. */
    public MessageSender sender() {
        return connection.sender();
    }

    String endpoints() {
        return broker.endpoints();
    }

    @Override
    public void close() throws IOException {
        connection.close();
        broker.close();
        FileSystemUtils.deleteRecursively(folder);
    }
}
