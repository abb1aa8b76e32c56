package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.impl.mqclient.MQClientAPIExt;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.remoting.protocol.body.UserInfo;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;

/** RocketMQ's own name server and broker, started by its own main classes in a JVM of their own, that ask who it is and may encrypt. */
final class SecuredCluster implements AutoCloseable {

    static final String ADMIN = "administrator";
    static final String SECRET = "canary-of-the-administrator";
    static final String TOPIC = "guarded";
    static final String GROUP = "guarded-group";
    /** Of a message or batch. */
    static final int MOST_BYTES = 256 * 1024;

    private static final long WITHIN = Duration.ofSeconds(20).toMillis();
    private static final String PROVIDERS = "org.apache.rocketmq.auth.";

    private final Process process;
    private final Path log;
    private final String nameServer;
    private final String broker;

    private SecuredCluster(Process process, Path log, String nameServer, String broker) {
        this.process = process;
        this.log = log;
        this.nameServer = nameServer;
        this.broker = broker;
    }

    /**
     * @param unpacked whose jars are run
     * @param certificate of the servers
     */
    static SecuredCluster start(Path folder, EmbeddedBroker unpacked, ServerCertificate certificate) throws Exception {
        int namePort = RemotingTransportTests.freePort();
        int brokerPort = freePorts();
        Path log = folder.resolve("log");
        Path names = write(folder.resolve("names.properties"), nameServer(folder, namePort));
        Path brokers = write(folder.resolve("broker.properties"), broker(folder, namePort, brokerPort));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx320m",
                        "-Djava.net.preferIPv4Stack=true",
                        "-Duser.home=" + folder,
                        "-Drocketmq.home.dir=" + folder,
                        "-Dtls.test.mode.enable=false",
                        "-Dtls.server.mode=permissive",
                        "-Dtls.server.certPath=" + certificate.certificate(),
                        "-Dtls.server.keyPath=" + certificate.key(),
                        "-cp",
                        classPath(unpacked),
                        SecuredCluster.Servers.class.getName(),
                        names.toString(),
                        brokers.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        SecuredCluster cluster = new SecuredCluster(process, log, "127.0.0.1:" + namePort, "127.0.0.1:" + brokerPort);
        try {
            cluster.declare();
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    /** What ends when its standard input does, and so with the JVM of the test. */
    static final class Servers {

        private Servers() {}

        public static void main(String[] files) throws Exception {
            start("org.apache.rocketmq.namesrv.NamesrvStartup", files[0]);
            start("org.apache.rocketmq.broker.BrokerStartup", files[1]);
            while (System.in.read() >= 0) {
                // nothing is ever written there
            }
            Runtime.getRuntime().halt(0);
        }

        private static void start(String main, String file) throws Exception {
            Class.forName(main).getMethod("main", String[].class).invoke(null, (Object) new String[] {"-c", file});
        }
    }

    /** With the embedded broker's own classes behind RocketMQ's: one of them keeps the replication port on the loopback address. */
    private static String classPath(EmbeddedBroker unpacked) throws Exception {
        return List.of(
                        unpacked.dataDirectory().resolve("lib") + File.separator + "*",
                        location(EmbeddedBroker.class),
                        location(SecuredCluster.class))
                .stream()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** A broker takes those that are two below and one above its own, too. */
    private static int freePorts() throws IOException {
        while (true) {
            int port = RemotingTransportTests.freePort();
            try (ServerSocket below = new ServerSocket(port - 2, 1, InetAddress.getLoopbackAddress());
                    ServerSocket above = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (BindException e) {
                // others
            }
        }
    }

    private static Map<String, Object> nameServer(Path folder, int port) {
        return Map.of(
                "rocketmqHome",
                folder,
                "kvConfigPath",
                folder.resolve("kv.json"),
                "configStorePath",
                folder.resolve("names-state.properties"),
                "bindAddress",
                "127.0.0.1",
                "listenPort",
                port);
    }

    private static Map<String, Object> broker(Path folder, int namePort, int port) {
        return Map.ofEntries(
                Map.entry("rocketmqHome", folder),
                Map.entry("storePathRootDir", folder.resolve("store")),
                Map.entry("authConfigPath", folder.resolve("auth")),
                Map.entry("namesrvAddr", "127.0.0.1:" + namePort),
                Map.entry("brokerName", "secured"),
                Map.entry("brokerIP1", "127.0.0.1"),
                Map.entry("brokerIP2", "127.0.0.1"),
                Map.entry("bindAddress", "127.0.0.1"),
                Map.entry("listenPort", port),
                Map.entry("mappedFileSizeCommitLog", 16 * 1024 * 1024),
                Map.entry("mappedFileSizeConsumeQueue", 600_000),
                Map.entry("mappedFileSizeTimerLog", 1024 * 1024),
                Map.entry("flushDiskType", "SYNC_FLUSH"),
                Map.entry("maxMessageSize", MOST_BYTES),
                Map.entry("autoCreateTopicEnable", false),
                Map.entry("autoCreateSubscriptionGroup", false),
                Map.entry("authenticationEnabled", true),
                Map.entry(
                        "authenticationProvider", PROVIDERS + "authentication.provider.DefaultAuthenticationProvider"),
                Map.entry(
                        "authenticationMetadataProvider",
                        PROVIDERS + "authentication.provider.LocalAuthenticationMetadataProvider"),
                Map.entry("authorizationEnabled", true),
                Map.entry("authorizationProvider", PROVIDERS + "authorization.provider.DefaultAuthorizationProvider"),
                Map.entry(
                        "authorizationMetadataProvider",
                        PROVIDERS + "authorization.provider.LocalAuthorizationMetadataProvider"),
                Map.entry("initAuthenticationUser", "{\"username\":\"" + ADMIN + "\",\"password\":\"" + SECRET + "\"}"),
                Map.entry(
                        "innerClientAuthenticationCredentials",
                        "{\"accessKey\":\"" + ADMIN + "\",\"secretKey\":\"" + SECRET + "\"}"));
    }

    private static Path write(Path file, Map<String, Object> properties) throws IOException {
        return Files.write(
                file,
                properties.entrySet().stream()
                        .map(property -> property.getKey() + "=" + property.getValue())
                        .toList());
    }

    private void declare() {
        Cluster cluster = new Cluster(settings().withCredentials(ADMIN, SECRET));
        try {
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(200))
                    .failFast("the servers have ended, see " + log, () -> !process.isAlive())
                    .untilAsserted(
                            () -> assertThatCode(() -> declare(cluster.api())).doesNotThrowAnyException());
            await().atMost(Duration.ofSeconds(120))
                    .ignoreExceptions()
                    .until(() -> !cluster.route(TOPIC).writable().isEmpty());
        } finally {
            cluster.close();
        }
    }

    private void declare(MQClientAPIExt api) throws Exception {
        TopicConfig topic = new TopicConfig(TOPIC, 4, 4);
        topic.setAttributes(Map.of("+message.type", "NORMAL"));
        api.createTopic(broker, "TBW102", topic, WITHIN);
        SubscriptionGroupConfig group = new SubscriptionGroupConfig();
        group.setGroupName(GROUP);
        api.createSubscriptionGroup(broker, group, WITHIN);
    }

    /** Somebody whom the cluster knows and who may do nothing. */
    void createUser(String name, String secret) throws Exception {
        Cluster cluster = new Cluster(settings().withCredentials(ADMIN, SECRET));
        try {
            cluster.api().createUser(broker, UserInfo.of(name, secret, "Normal"), WITHIN);
        } finally {
            cluster.close();
        }
    }

    /** Without credentials. */
    RemotingSettings settings() {
        return RemotingSettings.at(nameServer).withRequestTimeout(Duration.ofSeconds(15));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
    }
}
