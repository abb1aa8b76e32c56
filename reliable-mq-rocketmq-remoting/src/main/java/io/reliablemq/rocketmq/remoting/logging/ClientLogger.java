package io.reliablemq.rocketmq.remoting.logging;

import org.apache.rocketmq.logging.org.slf4j.Marker;
import org.apache.rocketmq.logging.org.slf4j.event.Level;
import org.apache.rocketmq.logging.org.slf4j.helpers.LegacyAbstractLogger;
import org.apache.rocketmq.logging.org.slf4j.helpers.MessageFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A logger of the client that writes to one of the application's. */
final class ClientLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;
    private static final String PARENT = "org.apache.rocketmq";

    /** As {@code Message.toString} writes it: the client logs whole messages when a send fails. */
    private static final String BODY = "body=[";

    private final transient Logger application;

    ClientLogger(String name) {
        this.name = name;
        this.application = LoggerFactory.getLogger(name.startsWith(PARENT) ? name : PARENT + "." + name);
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return application.isDebugEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return application.isDebugEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return application.isDebugEnabled();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object @Nullable [] values, @Nullable Throwable thrown) {
        String text = MessageFormatter.basicArrayFormat(pattern, values);
        application.debug("{} {}", level, text.contains(BODY) ? "(a message, left out)" : text, thrown);
    }
}
