package io.reliablemq.outbox.crash;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Fate;
import io.reliablemq.outbox.retention.ArchivePurge;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DyingConnections;
import io.reliablemq.testdatabases.DyingJvm;
import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A process that is to die in the middle of something. */
final class Victim {

    /** All messages that were archived then. */
    static final Archived LOST = new Archived(Fate.SENT, 0, 2_000, null);

    static final Action ACTION = Action.by("operator", "by the test");
    static final Duration RETENTION = Duration.ofMinutes(30);

    private static final int SECONDS = 60;

    private Victim() {}

    /** What it does. */
    enum Task {
        /** Writes, relays, and when it has the first lane changes their number. */
        CHANGE_LANES,
        /** Writes, relays, and when it has the first lane writes one late message of a name into a lane. */
        WRITE_LATE,
        REPLAY,
        PURGE
    }

    /** In a JVM of its own, until it has died at that point. */
    static void dies(String name, Database database, KillPoint point, Path folder, Task task, Object... arguments)
            throws Exception {
        List<String> all = new ArrayList<>(
                List.of(name, database.vendor().name(), database.jdbcUrl(), database.username(), database.password()));
        all.addAll(point.arguments());
        all.add(task.name());
        for (Object argument : arguments) {
            all.add(argument.toString());
        }
        DyingJvm.awaitDeath(Victim.class, all, folder.resolve(name + ".log"), () -> CrashDatabase.content(database));
    }

    public static void main(String[] arguments) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        List<String> all = List.of(arguments);
        Database database = new Database(TestDatabase.valueOf(all.get(1)), all.get(2), all.get(3), all.get(4));
        DyingConnections connections = new DyingConnections(KillPoint.of(all.subList(5, 9)));
        Instance instance = new Instance(all.get(0), database, connections::of, lanes -> lanes);
        run(Task.valueOf(all.get(9)), instance, all);
        Thread.sleep(TimeUnit.SECONDS.toMillis(SECONDS));
    }

    private static void run(Task task, Instance instance, List<String> arguments) {
        switch (task) {
            case REPLAY -> instance.operations.replay(LOST, 1_000_000, ACTION);
            case PURGE ->
                new ArchivePurge(instance.outbox.archive(), RETENTION, Duration.ofMillis(20), RelayObserver.NONE)
                        .start();
            case CHANGE_LANES -> {
                relay(instance);
                instance.operations.changeLanes(Integer.parseInt(arguments.get(10)), ACTION);
            }
            case WRITE_LATE -> {
                relay(instance);
                instance.writeLate(arguments.get(10), Integer.parseInt(arguments.get(11)));
            }
        }
    }

    private static void relay(Instance instance) {
        instance.relay.start();
        instance.startWriting();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(SECONDS))
                .until(() -> instance.ownsFirstLane());
    }
}
