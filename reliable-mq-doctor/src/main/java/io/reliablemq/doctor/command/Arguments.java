package io.reliablemq.doctor.command;

import io.reliablemq.doctor.broker.ClusterAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the command was given. */
record Arguments(ClusterAddress cluster, String endpoints, int copies, Set<String> topics, Duration timeout) {

    static final String USAGE = """
            Usage: java -jar reliable-mq-doctor.jar --name-server HOST:PORT[;HOST:PORT] [options]
              --cluster NAME                      one of several clusters behind these name servers (all of them)
              --endpoints HOST:PORT[;HOST:PORT]   gRPC proxies that have to be there
              --copies N                          disks that an acknowledged message has to be on (2)
              --topics NAME[,NAME]                topics that have to exist
              --timeout SECONDS                   for each connection and each answer (5)
            Exit code: 0 nothing is wrong, 1 something is, 2 wrong arguments, 3 something could not be seen.""";

    private static final Set<String> KNOWN =
            Set.of("--name-server", "--cluster", "--endpoints", "--copies", "--topics", "--timeout");

    /** @throws IllegalArgumentException saying what is wrong */
    static Arguments parse(List<String> args) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i);
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException("There is no option '" + name + "'");
            }
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            given.put(name, args.get(i + 1));
        }
        if (!given.containsKey("--name-server")) {
            throw new IllegalArgumentException("--name-server is missing");
        }
        return new Arguments(
                new ClusterAddress(
                        addresses("--name-server", given.getOrDefault("--name-server", "")),
                        given.getOrDefault("--cluster", "")),
                given.containsKey("--endpoints") ? addresses("--endpoints", given.getOrDefault("--endpoints", "")) : "",
                number("--copies", given.getOrDefault("--copies", "2")),
                names(given.getOrDefault("--topics", "")),
                Duration.ofSeconds(number("--timeout", given.getOrDefault("--timeout", "5"))));
    }

    private static String addresses(String option, String value) {
        for (String address : value.split(";", -1)) {
            if (!address.strip().matches("\\S+:\\d{1,5}")) {
                throw new IllegalArgumentException(
                        option + " is '" + value + "': give host:port, or several with" + " semicolons between");
            }
        }
        return value;
    }

    private static int number(String option, String value) {
        if (!value.matches("[1-9]\\d{0,3}")) {
            throw new IllegalArgumentException(option + " is '" + value + "': give a number from 1 on");
        }
        return Integer.parseInt(value);
    }

    private static Set<String> names(String value) {
        Set<String> names = new TreeSet<>(Arrays.asList(value.split(",", -1)));
        names.remove("");
        return names;
    }
}
