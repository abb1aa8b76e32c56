package io.reliablemq.reliability.fault;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.reliability.system.BrokerUnderTest;
import io.reliablemq.reliability.system.Clocks;
import io.reliablemq.reliability.system.CopiesApart;
import io.reliablemq.reliability.system.DatabaseUnderTest;
import io.reliablemq.reliability.system.SmallDisk;
import io.reliablemq.reliability.system.SystemUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Turns what was planned into what can be done to one system. */
public final class Faults {

    /** Messages are taken again. */
    private static final String AWAIT = "await TOPICS";

    private static final int NEARLY_FULL = 88;
    private static final int LEAST_SKEW_SECONDS = 30;
    private static final int MOST_SKEW_SECONDS = 600;

    private final SystemUnderTest system;
    private final Witness witness;
    private final NetworkFaults network;
    private int queues = 8;

    public Faults(SystemUnderTest system, Witness witness) {
        this.system = system;
        this.witness = witness;
        this.network = new NetworkFaults(system);
    }

    public Fault of(PlannedFault planned) {
        int choice = planned.choice();
        return switch (planned.kind()) {
            case PRODUCER_KILL -> new KilledProcess(one(system.producers(), choice), witness);
            case CONSUMER_KILL -> new KilledProcess(one(system.consumers(), choice), witness);
            case PRODUCER_PAUSE -> new PausedProcess(one(system.producers(), choice));
            case CONSUMER_PAUSE -> new PausedProcess(one(system.consumers(), choice));
            case PRODUCER_STOP -> restart(one(system.producers(), choice));
            case CONSUMER_STOP -> restart(one(system.consumers(), choice));
            case ROLLING_RESTART ->
                new RestartedProcesses("application", system.workers().toList(), witness);
            case PRODUCER_CLOCK -> clock(one(system.producers(), choice), choice);
            case CONSUMER_CLOCK -> clock(one(system.consumers(), choice), choice);
            case PRODUCER_POOL -> pool(one(system.producers(), choice));
            case CONSUMER_POOL -> pool(one(system.consumers(), choice));
            case DATABASE_KILL, DATABASE_PAUSE, DATABASE_READ_ONLY, DATABASE_RESTART -> database(planned.kind());
            case BROKER_KILL,
                    BROKER_PAUSE,
                    BROKER_DISK,
                    BROKER_TORN,
                    REPLICA_KILL,
                    REPLICA_PAUSE,
                    REPLICA_PARTITION,
                    MASTER_KILL,
                    MASTER_PAUSE,
                    TOPIC_QUEUES -> broker(planned);
            default -> network.of(planned);
        };
    }

    private Fault database(FaultKind kind) {
        DatabaseUnderTest database = system.database();
        return switch (kind) {
            case DATABASE_KILL -> new SwitchedFault("database", database::kill, database::restart);
            case DATABASE_PAUSE -> new SwitchedFault("database", database::pause, database::goOn);
            case DATABASE_READ_ONLY ->
                new SwitchedFault("database", () -> database.readOnly(true), () -> database.readOnly(false));
            case DATABASE_RESTART -> new SwitchedFault("database", database::stop, database::restart);
            default -> throw new IllegalArgumentException(kind + " is no fault of the database");
        };
    }

    private Fault broker(PlannedFault planned) {
        BrokerUnderTest broker = system.broker();
        return switch (planned.kind()) {
            case BROKER_KILL -> new KilledProcess(broker.jvm(), witness);
            case BROKER_PAUSE -> new PausedProcess(broker.jvm());
            case BROKER_TORN ->
                new TornLog(
                        new KilledProcess(broker.jvm(), witness), new TornTail(broker.directory()), planned.choice());
            case BROKER_DISK ->
                system.disk().map(disk -> full(broker, disk)).orElseGet(() -> ordered("fill DISK", "free DISK"));
            case REPLICA_KILL -> ordered("kill REPLICA", "restart REPLICA");
            case REPLICA_PAUSE -> ordered("pause REPLICA", "resume REPLICA", AWAIT);
            case REPLICA_PARTITION -> copiesApart(broker);
            case MASTER_KILL -> ordered("kill MASTER", "restart MASTER");
            case MASTER_PAUSE -> ordered("pause MASTER", "resume MASTER", AWAIT);
            case TOPIC_QUEUES -> ordered("queues " + ++queues);
            default -> throw new IllegalArgumentException(planned + " is no fault of the broker");
        };
    }

    /** By somebody else, and not so full that nothing is stored any more. */
    private static Fault full(BrokerUnderTest broker, SmallDisk disk) {
        return new SwitchedFault(broker.jvm().name(), () -> disk.fillTo(NEARLY_FULL), disk::free);
    }

    private Fault copiesApart(BrokerUnderTest broker) {
        CopiesApart copies = system.copiesApart();
        return new SwitchedFault(broker.jvm().name(), copies::begin, () -> {
            copies.end();
            broker.order(AWAIT);
        });
    }

    /** What has come to stay needs nothing to undo it. */
    private Fault ordered(String on, String... off) {
        BrokerUnderTest broker = system.broker();
        return new SwitchedFault(broker.jvm().name(), () -> broker.order(on), () -> {
            for (String order : off) {
                broker.order(order);
            }
        });
    }

    private Fault clock(ChildJvm jvm, int choice) {
        int skew = LEAST_SKEW_SECONDS + choice / 2 % (MOST_SKEW_SECONDS - LEAST_SKEW_SECONDS);
        int seconds = choice % 2 == 0 ? skew : -skew;
        Clocks clocks = system.clocks();
        SwitchedFault jump = new SwitchedFault(
                jvm.name() + " clock", () -> clocks.set(jvm.name(), seconds), () -> clocks.set(jvm.name(), 0));
        return new NoticedFault(
                jump,
                () -> system.observed(jvm),
                (seen, afterMs) -> clocks.hasJumped(seen.skewMs(), seconds, afterMs)
                        ? Optional.empty()
                        : Optional.of("its clock was ahead by " + seen.skewMs() + " ms, not by " + seconds + " s"));
    }

    private Fault pool(ChildJvm jvm) {
        Path exhausted = system.exhausted(jvm);
        SwitchedFault hoarding = new SwitchedFault(
                jvm.name() + " pool", () -> Files.createFile(exhausted), () -> Files.deleteIfExists(exhausted));
        return new NoticedFault(
                hoarding,
                () -> system.observed(jvm),
                (seen, afterMs) ->
                        seen.hoarded() > 0 ? Optional.empty() : Optional.of("its pool gave no connection away"));
    }

    private Fault restart(ChildJvm jvm) {
        return new RestartedProcesses(jvm.name(), List.of(jvm), witness);
    }

    static ChildJvm one(List<ChildJvm> jvms, int choice) {
        return jvms.get(choice % jvms.size());
    }
}
