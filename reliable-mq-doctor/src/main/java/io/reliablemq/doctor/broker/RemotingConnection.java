package io.reliablemq.doctor.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One connection in RocketMQ's remoting protocol, for one question after the other. A frame is: its length, the length of its header
 * (the highest byte says how that is written, 0 is JSON), header, body. Not thread-safe.
 */
final class RemotingConnection implements AutoCloseable {

    /** As RocketMQ's own limit. */
    private static final int LONGEST = 16 * 1024 * 1024;

    private static final int LENGTH = 0xff_ffff;
    private static final int JSON = 0;
    private static final int ANSWER = 1;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int asked;

    /** @param timeout for the connection, and for each answer */
    RemotingConnection(String address, Duration timeout) throws IOException {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            throw new IOException("'" + address + "' is no host:port");
        }
        socket = new Socket();
        try {
            int millis = Math.toIntExact(Math.max(1, timeout.toMillis()));
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    millis);
            socket.setSoTimeout(millis);
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw new IOException(address + " does not answer: " + e.getMessage(), e);
        }
    }

    Reply call(int code, Map<String, String> fields) throws IOException {
        return call(code, fields, "");
    }

    Reply call(int code, Map<String, String> fields, String body) throws IOException {
        int question = ++asked;
        send(header(code, question, fields).getBytes(UTF_8), body.getBytes(UTF_8));
        while (true) {
            byte[] frame = frame();
            int length = headerLength(frame);
            Map<String, @Nullable Object> header = Json.object(new String(frame, 4, length, UTF_8));
            if (isAnswer(header, question)) {
                byte[] content = new byte[frame.length - 4 - length];
                System.arraycopy(frame, 4 + length, content, 0, content.length);
                return Reply.of(header, content);
            }
        }
    }

    private void send(byte[] header, byte[] body) throws IOException {
        out.writeInt(4 + header.length + body.length);
        out.writeInt(header.length);
        out.write(header);
        out.write(body);
        out.flush();
    }

    private byte[] frame() throws IOException {
        int length = in.readInt();
        if (length < 4 || length > LONGEST) {
            throw new IOException("the answer is " + length + " bytes long: that is no RocketMQ");
        }
        byte[] frame = new byte[length];
        in.readFully(frame);
        return frame;
    }

    private static int headerLength(byte[] frame) throws IOException {
        int length = ByteBuffer.wrap(frame).getInt() & LENGTH;
        if (frame[0] != JSON || length > frame.length - 4) {
            throw new IOException("the answer's header is not JSON");
        }
        return length;
    }

    /** Brokers ask their clients things, too. */
    private static boolean isAnswer(Map<String, @Nullable Object> header, int question) {
        try {
            int flag = Integer.parseInt(Json.asText(header.get("flag")));
            return (flag & ANSWER) != 0 && Json.asText(header.get("opaque")).equals(String.valueOf(question));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String header(int code, int question, Map<String, String> fields) {
        String ext = fields.entrySet().stream()
                .map(field -> quoted(field.getKey()) + ":" + quoted(field.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        return ("{\"code\":%d,\"language\":\"OTHER\",\"version\":0,\"opaque\":%d,\"flag\":0,\"extFields\":%s,"
                        + "\"serializeTypeCurrentRPC\":\"JSON\"}")
                .formatted(code, question, ext);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < ' ' || c == '"' || c == '\\') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
