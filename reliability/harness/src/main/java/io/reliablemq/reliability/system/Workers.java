package io.reliablemq.reliability.system;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.faults.process.ChildJvm.Incarnation;
import io.reliablemq.reliability.mutant.Mutant;
import io.reliablemq.reliability.mutant.MutantApplication;
import io.reliablemq.reliability.worker.WorkerApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The command lines of the application's processes. */
final class Workers {

    private static final int THREADS = 4;
    /** Bytes of each message, with which the files of a broker's log follow one another quickly. */
    private static final int LARGE = 20_000;

    private final RunSettings settings;
    private final DatabaseUnderTest database;
    private final Network network;
    private final Clocks clocks;
    private final int nameServer;
    private final Map<String, String> shared = new TreeMap<>();

    /** @param nameServer port of the broker's, on the loopback address */
    Workers(RunSettings settings, DatabaseUnderTest database, Network network, Clocks clocks, int nameServer) {
        this.settings = settings;
        this.database = database;
        this.network = network;
        this.clocks = clocks;
        this.nameServer = nameServer;
        if (!settings.mutant().isEmpty()) {
            shared.putAll(Mutant.of(settings.mutant()).settings());
        }
        shared.put("spring.datasource.username", database.username());
        shared.put("spring.datasource.password", database.username());
        shared.put("worker.keys", String.valueOf(settings.keys()));
        shared.put("worker.threads", String.valueOf(THREADS));
        shared.put("worker.load", settings.load().toString());
        shared.put("worker.least-size", String.valueOf(settings.hasSmallDisk() ? LARGE : 0));
        shared.put("worker.epoch", String.valueOf(System.currentTimeMillis() - System.nanoTime() / 1_000_000));
    }

    List<ChildJvm> producers() {
        return IntStream.rangeClosed(1, settings.producers())
                .mapToObj(i -> worker(
                        "producer-" + i,
                        i,
                        Map.of(
                                "reliable-mq.listener.enabled",
                                "false",
                                "worker.per-second",
                                String.valueOf(settings.perSecond() / settings.producers()))))
                .toList();
    }

    List<ChildJvm> consumers() {
        return IntStream.rangeClosed(1, settings.consumers())
                .mapToObj(i -> worker("consumer-" + i, 100 + i, Map.of("reliable-mq.outbox.relay.enabled", "false")))
                .toList();
    }

    private ChildJvm worker(String name, int place, Map<String, String> own) {
        boolean mutant = !settings.mutant().isEmpty();
        List<String> options = new ArrayList<>(
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true"));
        if (mutant) {
            options.add("-D" + MutantApplication.NAME + "=" + settings.mutant());
        }
        Map<String, String> route = route(name);
        route.putAll(own);
        String main = (mutant ? MutantApplication.class : WorkerApplication.class).getName();
        return new ChildJvm(
                name,
                new ChildJvm.Command(
                        main,
                        options,
                        incarnation -> arguments(incarnation, place, route),
                        settings.logs(),
                        environment(name)));
    }

    private Map<String, String> environment(String name) {
        try {
            return clocks.environment(name);
        } catch (IOException e) {
            throw new UncheckedIOException("The clock of " + name + " could not be set", e);
        }
    }

    /** The name server for the client that needs it: the doctor shall see what an application without it sees. */
    private Map<String, String> route(String name) {
        Map<String, String> route = new TreeMap<>();
        route.put("worker.exhausted", settings.exhausted(name).toString());
        route.put("worker.observed", settings.observed(name).toString());
        route.put("spring.datasource.url", database.urlBy(network.openToDatabase(name)));
        if (settings.client() == Client.REMOTING) {
            route.put("reliable-mq.rocketmq.client", "remoting");
            route.put("reliable-mq.rocketmq.name-server", "127.0.0.1:" + nameServer);
        } else {
            route.put("reliable-mq.rocketmq.endpoints", network.openToBroker(name));
        }
        return route;
    }

    private List<String> arguments(Incarnation incarnation, int place, Map<String, String> own) {
        Map<String, String> all = new TreeMap<>(shared);
        all.putAll(own);
        all.put("spring.application.name", incarnation.name());
        all.put("worker.name", incarnation.name());
        all.put("worker.seed", String.valueOf(settings.seed() * 1_000_003 + place * 1_009L + incarnation.number()));
        all.put("worker.ready", incarnation.ready().toString());
        all.put(
                "worker.history",
                settings.history().resolve(incarnation.name() + ".jsonl").toString());
        List<String> arguments = new ArrayList<>();
        all.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }
}
