package io.reliablemq.reliability.fault;

import io.reliablemq.broker.embedded.network.Direction;
import io.reliablemq.broker.embedded.network.Interference;
import io.reliablemq.broker.embedded.network.TcpProxy;
import io.reliablemq.reliability.process.ChildJvm;
import io.reliablemq.reliability.system.DatabaseUnderTest;
import io.reliablemq.reliability.system.SystemUnderTest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/** Turns what was planned into what can be done to one system. */
public final class Faults {

    private static final int LEAST_BYTES = 100;
    private static final int MOST_BYTES = 40_000;
    private static final int SLOW_MS = 100;
    private static final Pattern COMMIT = Pattern.compile("(?i)\\bcommit\\b");
    private static final CountDownLatch AT_ONCE = new CountDownLatch(0);

    private final SystemUnderTest system;

    public Faults(SystemUnderTest system) {
        this.system = system;
    }

    public Fault of(PlannedFault planned) {
        int choice = planned.choice();
        DatabaseUnderTest database = system.database();
        return switch (planned.kind()) {
            case PRODUCER_KILL -> new KilledProcess(one(system.producers(), choice));
            case CONSUMER_KILL -> new KilledProcess(one(system.consumers(), choice));
            case BROKER_KILL -> new KilledProcess(system.broker());
            case DATABASE_KILL -> new DatabaseFault(database::kill, database::restart);
            case PRODUCER_PAUSE -> new PausedProcess(one(system.producers(), choice));
            case CONSUMER_PAUSE -> new PausedProcess(one(system.consumers(), choice));
            case BROKER_PAUSE -> new PausedProcess(system.broker());
            case DATABASE_PAUSE -> new DatabaseFault(database::pause, database::goOn);
            case PRODUCER_STOP -> restart(one(system.producers(), choice));
            case CONSUMER_STOP -> restart(one(system.consumers(), choice));
            case ROLLING_RESTART ->
                new RestartedProcesses("application", system.workers().toList());
            case DATABASE_READ_ONLY -> new DatabaseFault(() -> database.readOnly(true), () -> database.readOnly(false));
            default -> network(planned);
        };
    }

    private Fault network(PlannedFault planned) {
        CountDownLatch struck = new CountDownLatch(1);
        int bytes = LEAST_BYTES + planned.choice() % MOST_BYTES;
        Direction direction = planned.choice() % 2 == 0 ? Direction.TO_SERVER : Direction.TO_CLIENT;
        return switch (planned.kind()) {
            case DATABASE_COMMIT_LOST -> database(Interference.loseReplyTo(COMMIT, struck), struck);
            case DATABASE_CUT -> database(Interference.cutAfter(direction, bytes, struck), struck);
            case DATABASE_REQUESTS_LOST -> database(Interference.swallow(Direction.TO_SERVER), AT_ONCE);
            case DATABASE_SLOW -> database(Interference.delay(SLOW_MS), AT_ONCE);
            case BROKER_CUT -> broker(Interference.cutAfter(direction, bytes, struck), struck);
            case BROKER_REQUESTS_LOST -> broker(Interference.swallow(Direction.TO_SERVER), AT_ONCE);
            case BROKER_REPLIES_LOST -> broker(Interference.swallow(Direction.TO_CLIENT), AT_ONCE);
            case BROKER_SLOW -> broker(Interference.delay(SLOW_MS), AT_ONCE);
            default -> throw new IllegalArgumentException(planned + " is no fault of the network");
        };
    }

    private Fault database(Interference interference, CountDownLatch struck) {
        return over("database network", system.databaseProxy(), interference, struck);
    }

    private Fault broker(Interference interference, CountDownLatch struck) {
        return over("broker network", system.brokerProxy(), interference, struck);
    }

    private static Fault over(String target, TcpProxy proxy, Interference interference, CountDownLatch struck) {
        return new NetworkFault(target, proxy, interference, struck);
    }

    private static Fault restart(ChildJvm jvm) {
        return new RestartedProcesses(jvm.name(), List.of(jvm));
    }

    private static ChildJvm one(List<ChildJvm> jvms, int choice) {
        return jvms.get(choice % jvms.size());
    }
}
