package io.reliablemq.reliability.system;

import io.reliablemq.broker.embedded.network.TcpProxy;
import io.reliablemq.broker.embedded.standalone.StandaloneBroker;
import io.reliablemq.reliability.process.ChildJvm;
import io.reliablemq.reliability.process.Signal;
import io.reliablemq.testdatabases.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Database, broker and applications of a run, with a proxy before the database and another one before the broker. The broker's has
 * the broker's port on another loopback address, because the broker tells its clients the port and lets them choose the host.
 */
public final class SystemUnderTest implements AutoCloseable {

    private static final String BROKER_PROXY_HOST = "127.0.0.2";
    private static final Duration END_WITHIN = Duration.ofSeconds(40);

    private final DatabaseUnderTest database;
    private final TcpProxy databaseProxy;
    private final ChildJvm broker;
    private final TcpProxy brokerProxy;
    private final List<ChildJvm> producers;
    private final List<ChildJvm> consumers;

    private SystemUnderTest(RunSettings settings) throws IOException, SQLException {
        Files.createDirectories(settings.logs());
        Files.createDirectories(settings.history());
        database = DatabaseUnderTest.create(
                settings.database(), settings.keys(), settings.logs().resolve("database.log"));
        databaseProxy = new TcpProxy(loopback(1, 0), loopback(1, database.port()));
        int port = FreePort.choose();
        int nameServer = FreePort.choose();
        brokerProxy = new TcpProxy(loopback(2, port), loopback(1, port));
        broker = broker(settings, port, nameServer);
        Workers workers = new Workers(settings, database.urlBy(databaseProxy.port()), database.username());
        workers.reach(BROKER_PROXY_HOST + ":" + port, "127.0.0.1:" + nameServer);
        producers = workers.producers();
        consumers = workers.consumers();
    }

    /** Returns when everything is ready. The processes of the application start at the same time, on empty tables. */
    public static SystemUnderTest start(RunSettings settings) throws IOException, SQLException, InterruptedException {
        SystemUnderTest system = new SystemUnderTest(settings);
        system.broker.start();
        system.broker.awaitReady();
        system.workers().forEach(ChildJvm::start);
        for (ChildJvm worker : system.workers().toList()) {
            worker.awaitReady();
        }
        return system;
    }

    public DatabaseUnderTest database() {
        return database;
    }

    public TcpProxy databaseProxy() {
        return databaseProxy;
    }

    public ChildJvm broker() {
        return broker;
    }

    public TcpProxy brokerProxy() {
        return brokerProxy;
    }

    public List<ChildJvm> producers() {
        return producers;
    }

    public List<ChildJvm> consumers() {
        return consumers;
    }

    /** Producers and consumers. */
    public Stream<ChildJvm> workers() {
        return Stream.concat(producers.stream(), consumers.stream());
    }

    /** In order, so that what is written down on the way is complete; then the broker. */
    public void stopWorkers() throws InterruptedException {
        workers().forEach(worker -> worker.signal(Signal.TERM));
        for (ChildJvm worker : workers().toList()) {
            if (!worker.awaitEnd(END_WITHIN)) {
                throw new IllegalStateException(worker.name() + " did not end within " + END_WITHIN + " of SIGTERM");
            }
        }
    }

    @Override
    public void close() throws IOException {
        workers().forEach(worker -> worker.signal(Signal.KILL));
        broker.signal(Signal.KILL);
        databaseProxy.close();
        brokerProxy.close();
    }

    private static InetSocketAddress loopback(int last, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), port);
    }

    private static ChildJvm broker(RunSettings settings, int port, int nameServer) {
        List<String> options =
                List.of("-Xmx768m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true");
        return new ChildJvm(
                "broker",
                new ChildJvm.Command(
                        StandaloneBroker.class.getName(),
                        options,
                        next -> List.of(
                                "--data-directory=" + settings.folder().resolve("broker"),
                                "--port=" + port,
                                "--name-server-port=" + nameServer,
                                "--topics=ledger:normal:8,ledger-by-account:fifo:8",
                                "--groups=ordered:fifo,single,coalesced",
                                "--ready-file=" + next.ready(),
                                "--stop-at-end-of-input"),
                        settings.logs()));
    }
}
