package io.reliablemq.reliability.system;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.reliability.process.ParentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JVM that is the broker. Its threads keep it alive. */
public final class BrokerProcess {

    private BrokerProcess() {}

    /** @param arguments data directory, port, and the file to create when it serves */
    public static void main(String[] arguments) throws IOException {
        ParentProcess.endWithIt();
        EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(Path.of(arguments[0]))
                .withProxyPort(Integer.parseInt(arguments[1]))
                .withTopics(
                        new TopicDeclaration("ledger", TopicType.NORMAL, 8),
                        new TopicDeclaration("ledger-by-account", TopicType.FIFO, 8))
                .withGroups(
                        GroupDeclaration.fifo("ordered"),
                        GroupDeclaration.concurrent("single"),
                        GroupDeclaration.concurrent("coalesced")));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        Files.createFile(Path.of(arguments[2]));
    }
}
