package io.reliablemq.rocketmq;

import java.net.URL;
import org.apache.rocketmq.shaded.ch.qos.logback.classic.Level;
import org.apache.rocketmq.shaded.ch.qos.logback.classic.LoggerContext;
import org.apache.rocketmq.shaded.ch.qos.logback.classic.spi.ILoggingEvent;
import org.apache.rocketmq.shaded.ch.qos.logback.classic.spi.IThrowableProxy;
import org.apache.rocketmq.shaded.ch.qos.logback.classic.spi.ThrowableProxy;
import org.apache.rocketmq.shaded.ch.qos.logback.core.AppenderBase;
import org.apache.rocketmq.shaded.org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * rocketmq-client-java brings a Logback of its own that writes to {@code ~/logs/rocketmq}. Here its records go to SLF4J
 * instead, all at DEBUG: what matters of them comes out of the adapter as an outcome, and in an outage the client logs an
 * error with a stack trace for each send. {@code logging.level.org.apache.rocketmq=debug} shows them.
 *
 * <p>Whoever sets one of the client's own system properties keeps the client's own logging.
 */
final class ClientLogging {

    static final String CONFIGURATION = "rocketmq.logback.configurationFile";
    private static final String LOG_ROOT = "rocketmq.log.root";

    private ClientLogging() {}

    /** Before the first class of the client is loaded. Leaves no system property behind. */
    static synchronized void redirect() {
        URL configuration = ClientLogging.class.getResource("client-logback.xml");
        if (configuration == null
                || System.getProperty(CONFIGURATION) != null
                || System.getProperty(LOG_ROOT) != null) {
            return;
        }
        System.setProperty(CONFIGURATION, configuration.toString());
        try {
            ILoggerFactory factory = org.apache.rocketmq.shaded.org.slf4j.LoggerFactory.getILoggerFactory();
            if (factory instanceof LoggerContext context) {
                forward(context);
            }
        } finally {
            System.clearProperty(CONFIGURATION);
        }
    }

    private static void forward(LoggerContext context) {
        ToSlf4j appender = new ToSlf4j();
        appender.setContext(context);
        appender.start();
        var root = context.getLogger(org.apache.rocketmq.shaded.org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
    }

    private static final class ToSlf4j extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            Logger logger = LoggerFactory.getLogger(event.getLoggerName());
            if (!logger.isDebugEnabled()) {
                return;
            }
            IThrowableProxy thrown = event.getThrowableProxy();
            logger.debug(
                    "{} {}",
                    event.getLevel(),
                    event.getFormattedMessage(),
                    thrown instanceof ThrowableProxy proxy ? proxy.getThrowable() : null);
        }
    }
}
