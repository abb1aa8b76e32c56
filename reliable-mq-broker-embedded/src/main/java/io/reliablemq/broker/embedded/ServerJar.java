package io.reliablemq.broker.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The server side of this module as a jar of its own, beside the broker's. It is made at each start from what the application's
 * class path holds: a directory, a jar, or a jar in an application's jar.
 */
final class ServerJar {

    static final String NAME = "reliable-mq-broker-server.jar";

    private static final String SERVICES = "META-INF/reliable-mq/broker-server/";
    private static final String CODE = "io/reliablemq/broker/embedded/";
    /** Folders, and something that is certainly there. */
    private static final Map<String, String> PARTS = Map.of(
            CODE + "server/",
            "Server.class",
            CODE + "wire/",
            "Frame.class",
            SERVICES,
            "META-INF/services/org.apache.rocketmq.logging.org.slf4j.spi.SLF4JServiceProvider");

    private final ClassLoader source;

    ServerJar(ClassLoader source) {
        this.source = source;
    }

    /** Writes the jar; a crash leaves the old one or the new one. */
    Path writeTo(Path directory) throws IOException {
        Path target = directory.resolve(NAME);
        Path partial = directory.resolve(NAME + ".partial");
        try (OutputStream out = Files.newOutputStream(partial);
                ZipOutputStream jar = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : content().entrySet()) {
                jar.putNextEntry(new ZipEntry(file.getKey()));
                jar.write(file.getValue());
                jar.closeEntry();
            }
        }
        return Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private Map<String, byte[]> content() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (Map.Entry<String, String> part : PARTS.entrySet()) {
            String known = part.getKey() + part.getValue();
            URL url = source.getResource(known);
            if (url == null) {
                throw new IOException("'" + known + "' is not on the class path");
            }
            for (String name : list(url, known, part.getKey())) {
                try (InputStream in = Objects.requireNonNull(source.getResourceAsStream(name), name)) {
                    files.put(name.startsWith(SERVICES) ? name.substring(SERVICES.length()) : name, in.readAllBytes());
                }
            }
        }
        return files;
    }

    private static List<String> list(URL known, String name, String folder) throws IOException {
        if (known.getProtocol().equals("file")) {
            return listDirectory(known, name, folder);
        }
        URLConnection connection = known.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return listJar(jar, folder);
        }
        throw new IOException("the content of '" + known + "' cannot be listed");
    }

    private static List<String> listDirectory(URL known, String name, String folder) throws IOException {
        Path root = root(known, name);
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace(File.separatorChar, '/'))
                    .toList();
        }
    }

    private static Path root(URL known, String name) throws IOException {
        try {
            Path path = Path.of(known.toURI());
            for (int depth = name.split("/").length; depth > 0; depth--) {
                path = Objects.requireNonNull(path.getParent());
            }
            return path;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static List<String> listJar(JarURLConnection connection, String folder) throws IOException {
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            return jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith(folder))
                    .toList();
        }
    }
}
