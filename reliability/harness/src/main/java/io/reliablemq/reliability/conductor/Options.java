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
        int producers,
        int consumers,
        int keys,
        double perSecond,
        Optional<Mutant> mutant,
        Path folder) {

    static final String USAGE = """
            reliability/run [--seed S] [--minutes M] [--database postgresql|mariadb|mysql] [--client grpc|remoting]
                            [--faults all|none|kill|pause|restart|database|network|NAME[,NAME...]]
                            [--producers N] [--consumers N] [--keys N] [--rate TRANSACTIONS_PER_SECOND]
                            [--mutant NAME] [--folder FOLDER]
            """;

    private static final Set<String> NAMES = Set.of(
            "seed",
            "minutes",
            "faults",
            "database",
            "client",
            "producers",
            "consumers",
            "keys",
            "rate",
            "mutant",
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
        return new Options(
                Long.parseLong(given.getOrDefault("seed", "1")),
                Duration.ofSeconds(Math.round(60 * Double.parseDouble(given.getOrDefault("minutes", "3")))),
                FaultKind.of(Set.of(faults.split(","))).stream()
                        .filter(kind -> client == Client.GRPC || !kind.isBetweenApplicationAndBroker())
                        .toList(),
                TestDatabase.valueOf(
                        given.getOrDefault("database", "postgresql").toUpperCase(Locale.ROOT)),
                client,
                Integer.parseInt(given.getOrDefault("producers", "2")),
                Integer.parseInt(given.getOrDefault("consumers", "2")),
                Integer.parseInt(given.getOrDefault("keys", "200")),
                Double.parseDouble(given.getOrDefault("rate", "40")),
                mutant,
                Path.of(given.getOrDefault("folder", "runs")));
    }

    /** The command that runs the same again. */
    String command() {
        return "reliability/run --seed %d --minutes %s --database %s --client %s --faults %s --producers %d --consumers %d --keys %d --rate %s%s"
                .formatted(
                        seed,
                        load.toSeconds() / 60.0,
                        database.tag(),
                        client.name().toLowerCase(Locale.ROOT),
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
        return new RunSettings(seed, database, client, producers, consumers, keys, perSecond, broken, runFolder);
    }
}
