package io.reliablemq.broker.embedded;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logger of the broker, handed over as a JDK type. RocketMQ warns several times a second of empty queues, missing
 * optional files and the like, so its WARN and INFO are the application's DEBUG and only its errors are seen by default.
 */
final class BrokerLog implements System.Logger {

    private static final Pattern MESSAGE_CONTENT = Pattern.compile("(body|properties)=(\\[[^]]*]|\\{[^}]*})");

    private final Logger logger;

    private BrokerLog(Logger logger) {
        this.logger = logger;
    }

    static System.Logger of(String name) {
        String shortName =
                name.startsWith("org.apache.rocketmq.") ? name.substring("org.apache.rocketmq.".length()) : name;
        return new BrokerLog(LoggerFactory.getLogger("rocketmq." + shortName));
    }

    @Override
    public String getName() {
        return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
        return logger.isEnabledForLevel(demoted(level));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
        logger.atLevel(demoted(level)).setCause(thrown).log(withoutPayload(text));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
        if (isLoggable(level)) {
            boolean plain = format == null || values == null || values.length == 0;
            log(level, bundle, plain ? format : MessageFormat.format(format, values), (Throwable) null);
        }
    }

    /** RocketMQ logs whole messages in its errors; what is in them is nobody's business in a log. */
    static @Nullable String withoutPayload(@Nullable String text) {
        return text == null || !text.contains("Message")
                ? text
                : MESSAGE_CONTENT.matcher(text).replaceAll("$1=...");
    }

    private static org.slf4j.event.Level demoted(Level level) {
        return switch (level) {
            case ERROR -> org.slf4j.event.Level.ERROR;
            case WARNING, INFO -> org.slf4j.event.Level.DEBUG;
            default -> org.slf4j.event.Level.TRACE;
        };
    }
}
