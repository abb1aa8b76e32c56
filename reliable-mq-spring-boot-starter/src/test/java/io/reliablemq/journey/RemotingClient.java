package io.reliablemq.journey;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * RocketMQ's client of the remoting protocol, as rocketmq-spring and older applications have it: the embedded broker's, in a class loader
 * of its own, so that nothing of ours is near it.
 */
public final class RemotingClient implements AutoCloseable {

    private static final String PACKAGE = "org.apache.rocketmq.";

    /** @param properties RocketMQ's own among them */
    record Received(byte[] body, String tag, List<String> keys, Map<String, String> properties) {}

    private final URLClassLoader library;
    private final String nameServer;
    private final Object producer;

    public RemotingClient(EmbeddedBroker broker) throws Exception {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(broker.dataDirectory().resolve("lib"))) {
            for (Path jar : files.toList()) {
                jars.add(jar.toUri().toURL());
            }
        }
        library = new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        nameServer = broker.nameServer();
        producer = started("client.producer.DefaultMQProducer", "plain-producer");
    }

    private Object started(String type, String group) throws Exception {
        ClassLoader ours = Thread.currentThread().getContextClassLoader();
        // its logging would find the provider of our adapter there, which is another loader's
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            Object client = library.loadClass(PACKAGE + type)
                    .getConstructor(String.class)
                    .newInstance(group);
            call(client, "setNamesrvAddr", nameServer);
            call(client, "start");
            return client;
        } finally {
            Thread.currentThread().setContextClassLoader(ours);
        }
    }

    void send(String topic, String tag, String key, byte[] body, Map<String, String> properties) throws Exception {
        Object message = library.loadClass(PACKAGE + "common.message.Message")
                .getConstructor(String.class, String.class, String.class, byte[].class)
                .newInstance(topic, tag, key, body);
        for (Map.Entry<String, String> property : properties.entrySet()) {
            call(message, "putUserProperty", property.getKey(), property.getValue());
        }
        Object result = call(producer, "send", message);
        if (!call(result, "getSendStatus").toString().equals("SEND_OK")) {
            throw new IOException(result.toString());
        }
    }

    /** All that is in the topic; the broker must know the group. */
    List<Received> read(String topic, String group) throws Exception {
        Object consumer = started("client.consumer.DefaultMQPullConsumer", group);
        try {
            List<Received> messages = new ArrayList<>();
            for (Object queue : (Iterable<?>) call(consumer, "fetchSubscribeMessageQueues", topic)) {
                Object found = call(call(consumer, "pull", queue, "*", 0L, 32), "getMsgFoundList");
                for (Object message : found == null ? List.of() : (List<?>) found) {
                    messages.add(received(message));
                }
            }
            return messages;
        } finally {
            call(consumer, "shutdown");
        }
    }

    /** How often a message was stored in the topic, repetitions among them. */
    long stored(String topic) throws Exception {
        Object consumer = started("client.consumer.DefaultMQPullConsumer", "counting");
        try {
            long stored = 0;
            for (Object queue : (Iterable<?>) call(consumer, "fetchSubscribeMessageQueues", topic)) {
                stored += (Long) call(consumer, "maxOffset", queue);
            }
            return stored;
        } finally {
            call(consumer, "shutdown");
        }
    }

    /** Consumes so many messages, and leaves the group's position behind them. */
    void consume(String topic, String group, int messages) throws Exception {
        Object consumer = library.loadClass(PACKAGE + "client.consumer.DefaultLitePullConsumer")
                .getConstructor(String.class)
                .newInstance(group);
        call(consumer, "setNamesrvAddr", nameServer);
        Class<?> from = library.loadClass(PACKAGE + "common.consumer.ConsumeFromWhere");
        call(
                consumer,
                "setConsumeFromWhere",
                from.getField("CONSUME_FROM_FIRST_OFFSET").get(null));
        call(consumer, "subscribe", topic, "*");
        call(consumer, "start");
        try {
            for (int consumed = 0; consumed < messages; ) {
                consumed += ((List<?>) call(consumer, "poll", 1000L)).size();
            }
            call(consumer, "commit");
        } finally {
            call(consumer, "shutdown");
        }
    }

    @SuppressWarnings("unchecked")
    private static Received received(Object message) throws Exception {
        return new Received(
                (byte[]) call(message, "getBody"),
                (String) call(message, "getTags"),
                List.of(((String) call(message, "getKeys")).split(" ")),
                (Map<String, String>) call(message, "getProperties"));
    }

    /** What the broker at this address says that it is configured with. */
    public Properties brokerConfig(String address) throws Exception {
        Object factory = call(call(producer, "getDefaultMQProducerImpl"), "getMqClientFactory");
        return (Properties) call(call(factory, "getMQClientAPIImpl"), "getBrokerConfig", address, 10_000L);
    }

    @Override
    public void close() throws Exception {
        call(producer, "shutdown");
        library.close();
    }

    private static Object call(Object target, String name, Object... arguments) throws Exception {
        for (Method method : target.getClass().getMethods()) {
            if (method.getName().equals(name) && fits(method, arguments)) {
                return method.invoke(target, arguments);
            }
        }
        throw new NoSuchMethodException(target.getClass().getName() + "." + name + Arrays.toString(arguments));
    }

    private static boolean fits(Method method, Object... arguments) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isPrimitive() && !types[i].isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }
}
