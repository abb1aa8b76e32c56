package io.reliablemq.broker.embedded.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing said: a command and its arguments, the answer to it, or a line of the log. Text only, nothing that is turned into
 * objects.
 *
 * @param kind    what it is
 * @param content names and values
 */
public record Frame(String kind, Map<String, String> content) {

    /** The answer to a command that was done; its content is the result. */
    public static final String DONE = "done";

    /** The answer to a command that was not; {@link #TEXT} says why. */
    public static final String FAILED = "failed";

    /** A line of the log: {@link #LOGGER}, {@link #LEVEL} and {@link #TEXT}. */
    public static final String LOG = "log";

    /** What a command and its answer have in common. */
    public static final String QUESTION = "question";

    /** The text of a failure or of a line of the log. */
    public static final String TEXT = "text";

    /** The name of a logger. */
    public static final String LOGGER = "logger";

    /** The name of a {@link java.lang.System.Logger.Level}. */
    public static final String LEVEL = "level";

    private static final int LONGEST = 1 << 20;

    /** Copies the content. */
    public Frame {
        content = Map.copyOf(content);
    }

    /** Writes the whole frame and flushes; one thread at a time. */
    public void writeTo(DataOutputStream out) throws IOException {
        write(out, kind);
        out.writeInt(content.size());
        for (Map.Entry<String, String> entry : content.entrySet()) {
            write(out, entry.getKey());
            write(out, entry.getValue());
        }
        out.flush();
    }

    /** Reads the next frame; null at the end, also when the other side died in the middle of a frame. */
    public static @Nullable Frame readFrom(DataInputStream in) throws IOException {
        try {
            String kind = read(in);
            Map<String, String> content = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                content.put(read(in), read(in));
            }
            return new Frame(kind, content);
        } catch (EOFException e) {
            return null;
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, LONGEST);
        out.writeInt(length);
        out.write(bytes, 0, length);
    }

    private static String read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST) {
            throw new IOException("a text of %d bytes is no part of a frame".formatted(length));
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
