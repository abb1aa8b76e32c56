package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Reads from the kernel which addresses a process listens on. */
final class ListeningSockets {

    private static final String LISTEN = "0A";

    private ListeningSockets() {}

    static List<String> ofThisProcess() throws IOException {
        return of(ProcessHandle.current());
    }

    static List<String> of(ProcessHandle process) throws IOException {
        Set<String> inodes = inodes(process);
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc/net", table);
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] columns = line.trim().split("\\s+");
                if (columns.length > 9 && columns[3].equals(LISTEN) && inodes.contains(columns[9])) {
                    addresses.add(readable(columns[1]));
                }
            }
        }
        return addresses;
    }

    private static Set<String> inodes(ProcessHandle process) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            for (Path descriptor : descriptors.toList()) {
                String target = target(descriptor);
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            // closed meanwhile
            return "";
        }
    }

    private static String readable(String hexadecimal) {
        int colon = hexadecimal.indexOf(':');
        int port = Integer.parseInt(hexadecimal.substring(colon + 1), 16);
        String address = hexadecimal.substring(0, colon);
        return (address.equals("0100007F") || address.equals("0000000000000000FFFF00000100007F")
                        ? "127.0.0.1"
                        : address)
                + ":" + port;
    }
}
