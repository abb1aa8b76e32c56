package io.reliablemq.broker.embedded.server.logging;

import java.util.ResourceBundle;
import org.apache.rocketmq.logging.org.slf4j.Marker;
import org.apache.rocketmq.logging.org.slf4j.event.Level;
import org.apache.rocketmq.logging.org.slf4j.helpers.LegacyAbstractLogger;
import org.apache.rocketmq.logging.org.slf4j.helpers.MessageFormatter;
import org.jspecify.annotations.Nullable;

/** A RocketMQ logger that writes to one of the application's. */
final class BrokerLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private final transient System.Logger application;

    BrokerLogger(String name, System.Logger application) {
        this.name = name;
        this.application = application;
    }

    @Override
    public boolean isTraceEnabled() {
        return application.isLoggable(System.Logger.Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return application.isLoggable(System.Logger.Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return application.isLoggable(System.Logger.Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return application.isLoggable(System.Logger.Level.WARNING);
    }

    @Override
    public boolean isErrorEnabled() {
        return application.isLoggable(System.Logger.Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object @Nullable [] values, @Nullable Throwable thrown) {
        String text = MessageFormatter.basicArrayFormat(pattern, values);
        application.log(levelOf(level), (ResourceBundle) null, text, thrown);
    }

    private static System.Logger.Level levelOf(Level level) {
        if (BrokerLogProvider.isClosing()) {
            return System.Logger.Level.DEBUG;
        }
        return switch (level) {
            case ERROR -> System.Logger.Level.ERROR;
            case WARN -> System.Logger.Level.WARNING;
            case INFO -> System.Logger.Level.INFO;
            case DEBUG -> System.Logger.Level.DEBUG;
            case TRACE -> System.Logger.Level.TRACE;
        };
    }
}
