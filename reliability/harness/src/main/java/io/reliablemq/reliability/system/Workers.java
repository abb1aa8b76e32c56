package io.reliablemq.reliability.system;

import io.reliablemq.reliability.mutant.MutantApplication;
import io.reliablemq.reliability.process.ChildJvm;
import io.reliablemq.reliability.process.ChildJvm.Incarnation;
import io.reliablemq.reliability.worker.WorkerApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The command lines of the application's processes. */
final class Workers {

    private static final int THREADS = 4;

    private final RunSettings settings;
    private final Map<String, String> shared = new TreeMap<>();

    Workers(RunSettings settings, String databaseUrl, String databaseUser) {
        this.settings = settings;
        shared.put("spring.datasource.url", databaseUrl);
        shared.put("spring.datasource.username", databaseUser);
        shared.put("spring.datasource.password", databaseUser);
        shared.put("worker.keys", String.valueOf(settings.keys()));
        shared.put("worker.threads", String.valueOf(THREADS));
        shared.put("worker.load", settings.load().toString());
    }

    /** @param nameServer for the client that needs it: the doctor shall see what an application without it sees */
    void reach(String endpoints, String nameServer) {
        if (settings.client() == Client.REMOTING) {
            shared.put("reliable-mq.rocketmq.client", "remoting");
            shared.put("reliable-mq.rocketmq.name-server", nameServer);
        } else {
            shared.put("reliable-mq.rocketmq.endpoints", endpoints);
        }
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
        String main = (mutant ? MutantApplication.class : WorkerApplication.class).getName();
        return new ChildJvm(
                name,
                new ChildJvm.Command(
                        main, options, incarnation -> arguments(incarnation, place, own), settings.logs()));
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
