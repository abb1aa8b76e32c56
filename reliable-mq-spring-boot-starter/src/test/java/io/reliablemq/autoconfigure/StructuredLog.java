package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Spring Boot writes of our loggers with {@code logging.structured.format.console}, at level DEBUG, while it is open. */
final class StructuredLog implements AutoCloseable {

    private final Logger ours = (Logger) LoggerFactory.getLogger("io.reliablemq");
    private final Level before = ours.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

    /** @param format one of Spring Boot's: ecs, logstash, gelf */
    StructuredLog(String format) {
        LoggerContext context = ours.getLoggerContext();
        context.putObject(Environment.class.getName(), new MockEnvironment());
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.setCharset(UTF_8);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(new Lines());
        appender.start();
        ours.addAppender(appender);
        ours.setLevel(Level.DEBUG);
    }

    /** All that was written, as it was. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    List<JsonNode> events() {
        return lines.stream()
                .map(line -> (JsonNode) JsonMapper.shared().readTree(line))
                .toList();
    }

    @Override
    public void close() {
        ours.detachAppender(appender);
        ours.setLevel(before);
        appender.stop();
    }

    /** The appender writes each event at once, and one after the other. */
    private final class Lines extends OutputStream {

        @Override
        public void write(int single) {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            lines.add(new String(bytes, offset, length, UTF_8));
        }
    }
}
