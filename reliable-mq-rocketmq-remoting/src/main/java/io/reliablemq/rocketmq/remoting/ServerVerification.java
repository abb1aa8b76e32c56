package io.reliablemq.rocketmq.remoting;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Whether RocketMQ's client looks at the certificates of servers. It is told by system properties, for the whole JVM, and by a file that
 * overrides them; and it looks at none while its test mode is on, which it is by default, whatever else is said. It does not tell Netty the
 * name of the server, and Netty 4.2 by default trusts nobody whose name it cannot compare.
 *
 * @param wanted {@code tls.client.authServer}
 * @param testMode {@code tls.test.mode.enable}
 * @param names whether Netty compares names by default
 */
record ServerVerification(boolean wanted, boolean testMode, boolean names) {

    private static final String WANTED = "tls.client.authServer";
    private static final String TEST_MODE = "tls.test.mode.enable";
    private static final String NAMES = "io.netty.handler.ssl.defaultEndpointVerificationAlgorithm";
    private static final String NO_NAMES = "NONE";
    private static final String FILE = "tls.config.file";
    private static final String DEFAULT_FILE = "/etc/rocketmq/tls.properties";

    static ServerVerification of(Properties system) {
        Properties file = read(Path.of(system.getProperty(FILE, DEFAULT_FILE)));
        return new ServerVerification(
                Boolean.parseBoolean(value(WANTED, "false", file, system)),
                Boolean.parseBoolean(value(TEST_MODE, "true", file, system)),
                !NO_NAMES.equalsIgnoreCase(system.getProperty(NAMES)));
    }

    private static String value(String name, String otherwise, Properties file, Properties system) {
        return file.getProperty(name, system.getProperty(name, otherwise));
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        if (Files.isRegularFile(file)) {
            try (InputStream content = Files.newInputStream(file)) {
                properties.load(content);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        FILE + " is " + file + ", which cannot be read: make it readable, or remove it", e);
            }
        }
        return properties;
    }

    boolean happens() {
        return wanted && !testMode;
    }

    /** @throws IllegalArgumentException when it is wanted, and would not happen or never succeed */
    void requireWhatIsWanted() {
        if (wanted && testMode) {
            throw new IllegalArgumentException(WANTED + " is true, but RocketMQ's client trusts any certificate while "
                    + TEST_MODE + " is true, its default: set the system property " + TEST_MODE + "=false, too");
        }
        if (wanted && names) {
            throw new IllegalArgumentException(WANTED
                    + " is true, but RocketMQ's client does not tell Netty the names of servers, and Netty trusts nobody then: set the"
                    + " system property " + NAMES + "=" + NO_NAMES
                    + ", too, unless another Netty client of this JVM relies on"
                    + " that default; then leave " + WANTED + " out, or use the gRPC client");
        }
    }
}
