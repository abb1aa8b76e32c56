package io.reliablemq.doctor.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One connection in RocketMQ's remoting protocol, for one question after the other. Not thread-safe. */
final class RemotingConnection implements AutoCloseable {

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
            Frame frame = Frame.read(in);
            if (isAnswer(frame.header(), question)) {
                return Reply.of(frame.header(), frame.body());
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
