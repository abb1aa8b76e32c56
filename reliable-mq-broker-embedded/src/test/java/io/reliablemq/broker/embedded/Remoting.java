package io.reliablemq.broker.embedded;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Asks brokers and name servers in RocketMQ's own protocol. */
final class Remoting {

    private static final int ROUTE = 105;
    private static final Pattern ORDER = Pattern.compile("\"orderTopicConf\":\"([^\"]*)\"");

    private Remoting() {}

    /** A length, and the length of a header in JSON, and the header; returns the answer as it came, or nothing when there was none. */
    static String ask(String address, int code, Map<String, String> fields) throws IOException {
        int colon = address.indexOf(':');
        try (Socket socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(5));
            byte[] header =
                    "{\"code\":%d,\"flag\":0,\"language\":\"JAVA\",\"opaque\":1,\"version\":0,\"extFields\":{%s}}"
                            .formatted(code, json(fields))
                            .getBytes(StandardCharsets.UTF_8);
            DataOutputStream request = new DataOutputStream(socket.getOutputStream());
            request.writeInt(Integer.BYTES + header.length);
            request.writeInt(header.length);
            request.write(header);
            request.flush();
            DataInputStream response = new DataInputStream(socket.getInputStream());
            return new String(response.readNBytes(response.readInt()), StandardCharsets.UTF_8);
        }
    }

    /** Which queues take the ordered messages of a topic, as clients are told. */
    static String orderOf(String topic, String nameServer) throws IOException {
        Matcher order = ORDER.matcher(ask(nameServer, ROUTE, Map.of("topic", topic)));
        return order.find() ? order.group(1) : "";
    }

    private static String json(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> "\"%s\":\"%s\"".formatted(field.getKey(), field.getValue()))
                .collect(Collectors.joining(","));
    }
}
