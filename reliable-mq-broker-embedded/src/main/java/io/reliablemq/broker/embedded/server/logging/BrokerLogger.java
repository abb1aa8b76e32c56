package io.reliablemq.broker.embedded.server.logging;

import java.util.List;
import java.util.ResourceBundle;
import org.apache.rocketmq.logging.org.slf4j.Marker;
import org.apache.rocketmq.logging.org.slf4j.event.Level;
import org.apache.rocketmq.logging.org.slf4j.helpers.LegacyAbstractLogger;
import org.apache.rocketmq.logging.org.slf4j.helpers.MessageFormatter;
import org.jspecify.annotations.Nullable;

/** A RocketMQ logger that writes to one of the application's. */
final class BrokerLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    // 5.5.0 cannot read its own offsets on a replica, which never serves here; the proxy tells other proxies of
    // consumers, and there are none; connections end when a replica or a client is stopped; what cannot be revived
    // while
    // the replica is not in sync yet is tried again
    private static final List<String> HARMLESS = List.of(
            "SyncConsumerOffset Exception",
            "send system message failed",
            "read socket[",
            "processReadEvent error",
            "telemetry on error",
            "revive error, msg is");

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
        application.log(levelOf(level, text), (ResourceBundle) null, text, thrown);
    }

    private static System.Logger.Level levelOf(Level level, String text) {
        if (BrokerLogProvider.isClosing() || isHarmless(text)) {
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

    private static boolean isHarmless(String text) {
        return HARMLESS.stream().anyMatch(text::startsWith);
    }
}
