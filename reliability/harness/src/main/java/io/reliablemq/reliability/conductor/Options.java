package io.reliablemq.reliability.conductor;

import io.reliablemq.reliability.fault.FaultKind;
import io.reliablemq.reliability.mutant.Mutant;
import io.reliablemq.reliability.system.Client;
import io.reliablemq.reliability.system.RunSettings;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command line.
 *
 * @param load for how long there are new transactions, and faults
 * @param faults empty for none
 */
record Options(
        long seed,
        Duration load,
        List<FaultKind> faults,
        TestDatabase database,
        Client client,
        int replicas,
        int producers,
        int consumers,
        int keys,
        double perSecond,
        Optional<Mutant> mutant,
        Optional<Path> clockLibrary,
        Path folder) {

    /** Given when no process but those of the run is in the network that it runs in, and may change it. */
    private static final String OWN_NETWORK = "own-network";

    static final String USAGE = """
            reliability/run [--seed S] [--minutes M] [--database postgresql|mariadb|mysql] [--client grpc|remoting]
                            [--replicas 1|2|3] [--faults all|none|GROUP|NAME[,GROUP|NAME...]]
                            [--producers N] [--consumers N] [--keys N] [--rate TRANSACTIONS_PER_SECOND]
                            [--mutant NAME] [--clock-library FILE] [--own-network yes] [--folder FOLDER]
            """;

    private static final Set<String> NAMES = Set.of(
            "seed",
            "minutes",
            "faults",
            "database",
            "client",
            "replicas",
            "producers",
            "consumers",
            "keys",
            "rate",
            "mutant",
            "clock-library",
            OWN_NETWORK,
            "folder");

    /** @throws IllegalArgumentException saying what is wrong */
    static Options parse(String[] arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!NAMES.contains(name) || i + 1 == arguments.length) {
                throw new IllegalArgumentException("\"" + arguments[i] + "\" is no option with a value");
            }
            given.put(name, arguments[i + 1]);
        }
        Optional<Mutant> mutant = Optional.ofNullable(given.get("mutant")).map(Mutant::of);
        String faults = given.getOrDefault("faults", mutant.map(Mutant::faults).orElse("all"));
        Client client = Client.valueOf(given.getOrDefault("client", "grpc").toUpperCase(Locale.ROOT));
        int replicas = Integer.parseInt(given.getOrDefault("replicas", "1"));
        Optional<Path> clocks = Optional.ofNullable(given.get("clock-library")).map(Path::of);
        return new Options(
                Long.parseLong(given.getOrDefault("seed", "1")),
                given.containsKey("minutes")
                        ? Duration.ofSeconds(Math.round(60 * Double.parseDouble(given.get("minutes"))))
                        : mutant.map(Mutant::load).orElse(Duration.ofMinutes(3)),
                possible(faults, client, replicas, clocks.isPresent(), given.containsKey(OWN_NETWORK)),
                given.containsKey("database")
                        ? TestDatabase.valueOf(given.get("database").toUpperCase(Locale.ROOT))
                        : mutant.map(Mutant::database).orElse(TestDatabase.POSTGRESQL),
                client,
                replicas,
                Integer.parseInt(given.getOrDefault("producers", mutant.isPresent() ? "1" : "2")),
                given.containsKey("consumers")
                        ? Integer.parseInt(given.get("consumers"))
                        : mutant.map(Mutant::consumers).orElse(2),
                given.containsKey("keys")
                        ? Integer.parseInt(given.get("keys"))
                        : mutant.map(Mutant::keys).orElse(200),
                Double.parseDouble(given.getOrDefault("rate", "40")),
                mutant,
                clocks,
                Path.of(given.getOrDefault("folder", "runs")));
    }

    private static List<FaultKind> possible(
            String names, Client client, int replicas, boolean clocks, boolean ownNetwork) {
        List<FaultKind> asked = FaultKind.of(Set.of(names.split(",")));
        List<FaultKind> possible = asked.stream()
                .filter(kind -> client == Client.GRPC || !kind.isBetweenApplicationAndBroker())
                .filter(kind -> kind.replicas() <= replicas && replicas <= kind.mostReplicas())
                .filter(kind -> clocks || !kind.setsClocks())
                .filter(kind -> ownNetwork || !kind.isInANetworkOfItsOwn())
                .toList();
        if (possible.isEmpty() && !asked.isEmpty()) {
            throw new IllegalArgumentException(
                    "--faults " + names + " has none that is possible here: those of replica and master"
                            + " need --replicas, those between copies --own-network, those of clock --clock-library, those between application and broker --client grpc");
        }
        return possible;
    }

    /** The command that runs the same again. */
    String command() {
        return "reliability/run --seed %d --minutes %s --database %s --client %s --replicas %d --faults %s --producers %d --consumers %d --keys %d --rate %s%s"
                .formatted(
                        seed,
                        load.toSeconds() / 60.0,
                        database.tag(),
                        client.name().toLowerCase(Locale.ROOT),
                        replicas,
                        faults.isEmpty()
                                ? "none"
                                : String.join(
                                        ",",
                                        faults.stream().map(FaultKind::text).toList()),
                        producers,
                        consumers,
                        keys,
                        perSecond,
                        mutant.map(broken -> " --mutant " + broken.text()).orElse(""));
    }

    RunSettings settings(Path runFolder) {
        String broken = mutant.map(Mutant::text).orElse("");
        return new RunSettings(
                seed,
                database,
                client,
                replicas,
                producers,
                consumers,
                keys,
                perSecond,
                broken,
                clockLibrary,
                runFolder);
    }
}
