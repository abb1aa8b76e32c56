package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.lang.System.Logger;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The server side behind the class loader boundary. All calls run on one thread whose group every thread of the broker
 * inherits: so the context class loader is always right, and closing can find what is still running.
 */
final class IsolatedServer implements RunningServer {

    private static final String ENTRY = "io.reliablemq.broker.embedded.server.Server";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(60);
    private static final Duration THREADS_END_WITHIN = Duration.ofSeconds(2);

    private final URLClassLoader loader;
    private final BrokerThreads threads;
    private final ExecutorService caller;
    private final BiFunction<String, Map<String, String>, Map<String, String>> server;

    /** Loads the broker beside the application: client and proxy both define {@code apache.rocketmq.v2.*}. */
    IsolatedServer(List<Path> classPath) {
        this.loader = new URLClassLoader("embedded-rocketmq", urls(classPath), ClassLoader.getPlatformClassLoader());
        this.threads = new BrokerThreads(loader);
        this.caller = Executors.newSingleThreadExecutor(threads::newThread);
        this.server = newServer(loader);
    }

    @Override
    public Map<String, String> call(String command, Map<String, String> arguments, Duration within) {
        Future<Map<String, String>> answer = caller.submit(() -> server.apply(command, arguments));
        try {
            return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(command, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new EmbeddedBrokerException(
                    "The embedded broker did not finish '%s' within %d s: look for rocketmq.* in the log, for a slow disk or a machine under load"
                            .formatted(command, within.toSeconds()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedBrokerException("Interrupted while the embedded broker did '%s'".formatted(command), e);
        }
    }

    /**
     * Closes in order. If that takes too long it goes on in the background: interrupting threads that still use mapped
     * files, which are being unmapped, would end the whole JVM.
     */
    @Override
    public void close() {
        try {
            call("close", Map.of(), CLOSE_WITHIN);
            threads.end(THREADS_END_WITHIN);
            closeLoader();
        } finally {
            caller.shutdown();
        }
    }

    private void closeLoader() {
        try {
            loader.close();
        } catch (IOException e) {
            // open jar files only; nothing of the broker runs any more
        }
    }

    private static URL[] urls(List<Path> classPath) {
        try {
            List<URL> urls = new ArrayList<>();
            for (Path jar : classPath) {
                urls.add(jar.toUri().toURL());
            }
            return urls.toArray(URL[]::new);
        } catch (MalformedURLException e) {
            throw new EmbeddedBrokerException("The broker's jars have no address: " + e, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static BiFunction<String, Map<String, String>, Map<String, String>> newServer(ClassLoader loader) {
        try {
            Function<String, Logger> logging = BrokerLog::of;
            Object server =
                    loader.loadClass(ENTRY).getConstructor(Function.class).newInstance(logging);
            return (BiFunction<String, Map<String, String>, Map<String, String>>) server;
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new EmbeddedBrokerException(
                    "The server side of the embedded broker cannot be loaded (%s): check that the reliable-mq-broker-embedded jar is complete"
                            .formatted(e),
                    e);
        }
    }

    private static EmbeddedBrokerException failed(String command, Throwable cause) {
        String reason = cause instanceof IllegalStateException ? String.valueOf(cause.getMessage()) : cause.toString();
        return new EmbeddedBrokerException("The embedded broker could not %s: %s".formatted(command, reason), cause);
    }
}
