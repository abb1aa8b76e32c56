package io.reliablemq.reliability.fault;

import static io.reliablemq.reliability.fault.Faults.one;

import io.reliablemq.broker.embedded.network.Direction;
import io.reliablemq.broker.embedded.network.Interference;
import io.reliablemq.broker.embedded.network.TcpProxy;
import io.reliablemq.reliability.system.SystemUnderTest;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/** What is done to connections: to all that lead to a server, or to those of one process. */
final class NetworkFaults {

    private static final int LEAST_BYTES = 100;
    private static final int MOST_BYTES = 40_000;
    /** Uneven, so that what was written earlier is committed later. */
    private static final int SLOWEST_MS = 200;

    private static final Pattern COMMIT = Pattern.compile("(?i)\\bcommit\\b");
    private static final CountDownLatch AT_ONCE = new CountDownLatch(0);

    private final SystemUnderTest system;

    NetworkFaults(SystemUnderTest system) {
        this.system = system;
    }

    Fault of(PlannedFault planned) {
        CountDownLatch struck = new CountDownLatch(1);
        int bytes = LEAST_BYTES + planned.choice() % MOST_BYTES;
        Direction direction = planned.choice() % 2 == 0 ? Direction.TO_SERVER : Direction.TO_CLIENT;
        return switch (planned.kind()) {
            case DATABASE_COMMIT_LOST -> database(Interference.loseReplyTo(COMMIT, struck), struck);
            case DATABASE_CUT -> database(Interference.cutAfter(direction, bytes, struck), struck);
            case DATABASE_REQUESTS_LOST -> database(Interference.swallow(Direction.TO_SERVER), AT_ONCE);
            case DATABASE_SLOW -> database(Interference.delay(0, SLOWEST_MS), AT_ONCE);
            case BROKER_CUT -> broker(Interference.cutAfter(direction, bytes, struck), struck);
            case BROKER_REQUESTS_LOST -> broker(Interference.swallow(Direction.TO_SERVER), AT_ONCE);
            case BROKER_REPLIES_LOST -> broker(Interference.swallow(Direction.TO_CLIENT), AT_ONCE);
            case BROKER_SLOW -> broker(Interference.delay(0, SLOWEST_MS), AT_ONCE);
            default -> partition(planned);
        };
    }

    private Fault partition(PlannedFault planned) {
        String producer = one(system.producers(), planned.choice()).name();
        String consumer = one(system.consumers(), planned.choice()).name();
        return switch (planned.kind()) {
            case PRODUCER_WITHOUT_DATABASE -> toDatabase(system.network().toDatabaseFrom(producer));
            case CONSUMER_WITHOUT_DATABASE -> toDatabase(system.network().toDatabaseFrom(consumer));
            case PRODUCER_WITHOUT_BROKER -> toBroker(system.network().toBrokerFrom(producer));
            case CONSUMER_WITHOUT_BROKER -> toBroker(system.network().toBrokerFrom(consumer));
            default -> throw new IllegalArgumentException(planned + " is no fault of the network");
        };
    }

    private static Fault toDatabase(Collection<TcpProxy> route) {
        return new NetworkFault("database network", route, nothingPasses(), AT_ONCE);
    }

    private static Fault toBroker(Collection<TcpProxy> route) {
        return new NetworkFault("broker network", route, nothingPasses(), AT_ONCE);
    }

    private static Interference nothingPasses() {
        Interference toServer = Interference.swallow(Direction.TO_SERVER);
        Interference toClient = Interference.swallow(Direction.TO_CLIENT);
        return (link, direction, data, length) ->
                (direction == Direction.TO_SERVER ? toServer : toClient).of(link, direction, data, length);
    }

    private Fault database(Interference interference, CountDownLatch struck) {
        return new NetworkFault("database network", system.network().toDatabase(), interference, struck);
    }

    private Fault broker(Interference interference, CountDownLatch struck) {
        return new NetworkFault("broker network", system.network().toBroker(), interference, struck);
    }
}
