package io.reliablemq.broker.embedded.server.logging;

import java.lang.System.Logger;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.rocketmq.logging.org.slf4j.ILoggerFactory;
import org.apache.rocketmq.logging.org.slf4j.IMarkerFactory;
import org.apache.rocketmq.logging.org.slf4j.helpers.BasicMarkerFactory;
import org.apache.rocketmq.logging.org.slf4j.helpers.NOPMDCAdapter;
import org.apache.rocketmq.logging.org.slf4j.spi.MDCAdapter;
import org.apache.rocketmq.logging.org.slf4j.spi.SLF4JServiceProvider;

/** RocketMQ's (relocated) SLF4J ends here instead of in a logback that writes files to the user's home. */
public final class BrokerLogProvider implements SLF4JServiceProvider {

    private static volatile Function<String, Logger> application = System::getLogger;
    private static volatile boolean closing;

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();
    private final Map<String, BrokerLogger> loggers = new ConcurrentHashMap<>();

    /** Called by RocketMQ's logging through the service loader. */
    public BrokerLogProvider() {}

    /** Where loggers come from; to be called before RocketMQ asks for the first one. */
    public static void install(Function<String, Logger> logging) {
        application = logging;
    }

    /** From now on everything is DEBUG: a shutdown of RocketMQ reports every interrupted thread as an error. */
    public static void closing() {
        closing = true;
    }

    static boolean isClosing() {
        return closing;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, unseen -> new BrokerLogger(unseen, application.apply(unseen)));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // nothing to set up
    }
}
