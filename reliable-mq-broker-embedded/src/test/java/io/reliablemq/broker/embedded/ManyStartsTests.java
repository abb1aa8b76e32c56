package io.reliablemq.broker.embedded;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that starts and closes brokers again and again, as one with devtools does. */
class ManyStartsTests {

    private static final int CYCLES = Integer.getInteger("reliable-mq.broker.cycles", 2);

    @TempDir
    Path directory;

    @Test
    void leaveNeitherThreadsNorClassesBehind() throws Exception {
        EmbeddedBrokerSettings settings =
                EmbeddedBrokerSettings.in(directory).withReplicas(2).withTopics(TopicDeclaration.normal("orders"));
        // the JDK's thread that waits for processes keeps the class loader of whoever has started the first one, for a
        // minute
        new ProcessBuilder("true").start().waitFor();
        List<String> before = nonDaemonThreads();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            long began = System.nanoTime();
            EmbeddedBroker broker = EmbeddedBroker.start(settings);
            loaders.add(new WeakReference<>(loaderOfBroker()));
            long closing = System.nanoTime();
            broker.close();
            report(cycle, closing - began, System.nanoTime() - closing);
            Patience.until(
                    "of " + nonDaemonThreads() + " are left " + before, () -> before.containsAll(nonDaemonThreads()));
        }
        awaitCollection(loaders);
    }

    private static ClassLoader loaderOfBroker() {
        return threads()
                .map(Thread::getContextClassLoader)
                .filter(loader -> loader != null && "embedded-rocketmq".equals(loader.getName()))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> nonDaemonThreads() {
        return threads()
                .filter(thread -> !thread.isDaemon() && thread.isAlive())
                .map(Thread::getName)
                .toList();
    }

    private static Stream<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream();
    }

    private static void awaitCollection(List<WeakReference<ClassLoader>> loaders) throws Exception {
        Patience.until("the classes are collected, beside " + threads().toList(), () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
    }

    private static void report(int cycle, long start, long close) {
        System.gc();
        long metaspace = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .map(MemoryPoolMXBean::getUsage)
                .findFirst()
                .orElseThrow()
                .getUsed();
        System.out.printf(
                "FIGURE cycle %d: start %d ms, close %d ms, %d threads, metaspace %d KB%n",
                cycle, start / 1_000_000, close / 1_000_000, threads().count(), metaspace >> 10);
    }
}
