package io.reliablemq.reliability.system;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.faults.process.Signal;
import io.reliablemq.reliability.worker.Observation;
import io.reliablemq.testdatabases.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Database, broker and applications of a run, and the network between them. */
public final class SystemUnderTest implements AutoCloseable {

    private static final int DISK_MEGABYTES = 1_000;
    private static final Duration END_WITHIN = Duration.ofSeconds(40);

    private final RunSettings settings;
    private final DatabaseUnderTest database;
    private final BrokerUnderTest broker;
    private final Network network;
    private final Clocks clocks;
    private final Optional<SmallDisk> disk;
    private final BrokerAdministration administration;
    private final CopiesApart copiesApart;
    private final List<ChildJvm> producers;
    private final List<ChildJvm> consumers;

    private SystemUnderTest(RunSettings settings) throws IOException, SQLException {
        this.settings = settings;
        Files.createDirectories(settings.logs());
        Files.createDirectories(settings.history());
        database = DatabaseUnderTest.create(
                settings.database(), settings.keys(), settings.logs().resolve("database.log"));
        int port = FreePort.choose();
        int nameServer = FreePort.choose();
        administration = new BrokerAdministration("127.0.0.1:" + nameServer);
        copiesApart = new CopiesApart(administration);
        network = new Network(database.port(), port);
        Path directory = settings.folder().resolve("broker");
        disk = settings.hasSmallDisk() ? Optional.of(SmallDisk.at(directory, DISK_MEGABYTES)) : Optional.empty();
        broker = new BrokerUnderTest(
                settings, disk.map(SmallDisk::path).orElse(directory).resolve("data"), port, nameServer);
        clocks = new Clocks(settings.clockLibrary(), settings.logs());
        Workers workers = new Workers(settings, database, network, clocks, nameServer);
        producers = workers.producers();
        consumers = workers.consumers();
    }

    /** Returns when everything is ready. The processes of the application start at the same time, on empty tables. */
    public static SystemUnderTest start(RunSettings settings) throws IOException, SQLException, InterruptedException {
        SystemUnderTest system = new SystemUnderTest(settings);
        system.broker.jvm().start();
        system.broker.jvm().awaitReady();
        system.cleanForciblyIfBroken();
        system.workers().forEach(ChildJvm::start);
        for (ChildJvm worker : system.workers().toList()) {
            worker.awaitReady();
        }
        return system;
    }

    private void cleanForciblyIfBroken() {
        if (settings.isForciblyCleaned()) {
            try {
                administration.change("cleanFileForciblyEnable", "true");
            } catch (Exception e) {
                throw new IllegalStateException("The broker could not be broken", e);
            }
        }
    }

    /** That of the broker, where it has one of its own. */
    public Optional<SmallDisk> disk() {
        return disk;
    }

    public DatabaseUnderTest database() {
        return database;
    }

    public BrokerUnderTest broker() {
        return broker;
    }

    /** The network between the copies of the broker. */
    public CopiesApart copiesApart() {
        return copiesApart;
    }

    public Network network() {
        return network;
    }

    public Clocks clocks() {
        return clocks;
    }

    /** Is there as long as that process shall have no connection left. */
    public Path exhausted(ChildJvm worker) {
        return settings.exhausted(worker.name());
    }

    /** What that process has last seen of itself. */
    public Optional<Observation> observed(ChildJvm worker) throws IOException {
        return Observation.read(settings.observed(worker.name()));
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

    /** In order, so that what is written down on the way is complete. Answers those that did not end in time, and were killed. */
    public List<ChildJvm> stopWorkers() throws InterruptedException {
        workers().forEach(worker -> worker.signal(Signal.TERM));
        List<ChildJvm> late = new ArrayList<>();
        for (ChildJvm worker : workers().toList()) {
            if (!worker.awaitEnd(END_WITHIN)) {
                worker.signal(Signal.KILL);
                worker.awaitEnd(END_WITHIN);
                late.add(worker);
            }
        }
        return late;
    }

    @Override
    public void close() throws IOException {
        workers().forEach(worker -> worker.signal(Signal.KILL));
        broker.jvm().signal(Signal.KILL);
        network.close();
        disk.ifPresent(SmallDisk::close);
    }
}
