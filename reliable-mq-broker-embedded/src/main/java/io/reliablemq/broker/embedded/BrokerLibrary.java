package io.reliablemq.broker.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The broker's jars, which travel as files inside this module's jar and are unpacked once per data directory, and our server side. */
final class BrokerLibrary {

    private static final String ROOT = "META-INF/reliable-mq/broker-lib/";

    private final ClassLoader source;
    private final Path directory;

    BrokerLibrary(ClassLoader source, Path directory) {
        this.source = source;
        this.directory = directory;
    }

    /** Unpacks what is missing or has another size, removes what is not listed, and answers the class path in order. */
    List<Path> unpack() {
        try {
            List<Jar> jars = index();
            Files.createDirectories(directory);
            removeOthers(jars);
            List<Path> classPath = new ArrayList<>();
            classPath.add(new ServerJar(source).writeTo(directory));
            for (Jar jar : jars) {
                classPath.add(unpack(jar));
            }
            return classPath;
        } catch (IOException e) {
            throw notUnpacked(e);
        }
    }

    /** The size of what is still to be unpacked. */
    long missingBytes() {
        try {
            long bytes = 0;
            for (Jar jar : index()) {
                bytes += isUnpacked(jar) ? 0 : jar.size();
            }
            return bytes;
        } catch (IOException e) {
            throw notUnpacked(e);
        }
    }

    private EmbeddedBrokerException notUnpacked(IOException cause) {
        return new EmbeddedBrokerException(
                "The broker's jars cannot be unpacked to '%s' (%s): check free space and permissions there"
                        .formatted(directory, cause),
                cause);
    }

    private boolean isUnpacked(Jar jar) throws IOException {
        Path target = directory.resolve(jar.name());
        return Files.exists(target) && Files.size(target) == jar.size();
    }

    private List<Jar> index() throws IOException {
        try (InputStream in = open("index");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.isBlank()).map(Jar::parse).toList();
        }
    }

    private Path unpack(Jar jar) throws IOException {
        Path target = directory.resolve(jar.name());
        if (isUnpacked(jar)) {
            return target;
        }
        Path partial = directory.resolve(jar.name() + ".partial");
        try (InputStream in = open(jar.name())) {
            Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
        }
        // a crash leaves either no jar or a whole one
        return Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private void removeOthers(List<Jar> jars) throws IOException {
        Set<String> listed = jars.stream().map(Jar::name).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!listed.contains(String.valueOf(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
    }

    private InputStream open(String name) throws IOException {
        InputStream in = source.getResourceAsStream(ROOT + name);
        if (in == null) {
            throw new IOException("'" + ROOT + name
                    + "' is not on the class path: run 'mvn process-classes' in reliable-mq-broker-embedded,"
                    + " or use its released jar");
        }
        return in;
    }

    private record Jar(String name, long size) {

        static Jar parse(String line) {
            int space = line.indexOf(' ');
            return new Jar(line.substring(space + 1), Long.parseLong(line.substring(0, space)));
        }
    }
}
