package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.wire.Frame;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.util.Map;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** The log of a child process, which the application's process writes. */
final class ForwardedLog {

    private final ParentConnection parent;
    private final Level threshold;

    ForwardedLog(ParentConnection parent, Level threshold) {
        this.parent = parent;
        this.threshold = threshold;
    }

    Logger of(String name) {
        return new Forwarding(name);
    }

    private final class Forwarding implements Logger {

        private final String name;

        Forwarding(String name) {
            this.name = name;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= threshold.getSeverity();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                parent.log(new Frame(
                        Frame.LOG,
                        Map.of(Frame.LOGGER, name, Frame.LEVEL, level.name(), Frame.TEXT, text + trace(thrown))));
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            boolean plain = format == null || values == null || values.length == 0;
            log(level, bundle, plain ? format : MessageFormat.format(format, values), (Throwable) null);
        }
    }

    private static String trace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return System.lineSeparator() + text.toString().stripTrailing();
    }
}
