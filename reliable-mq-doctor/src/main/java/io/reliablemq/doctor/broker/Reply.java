package io.reliablemq.doctor.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer of name server or broker.
 *
 * @param remark why it is no success, one short line
 */
record Reply(int code, String remark, Map<String, @Nullable Object> fields, String body) {

    static final int SUCCESS = 0;
    private static final int SYSTEM_ERROR = 1;
    static final int TOPIC_NOT_EXIST = 17;
    static final int QUERY_NOT_FOUND = 22;
    static final int GROUP_NOT_EXIST = 26;

    /** What a broker that throws answers with is a stack trace. */
    private static final int LONGEST_REMARK = 160;

    Map<String, @Nullable Object> json() throws IOException {
        return Json.object(body);
    }

    /** The body as lines of {@code name=value}. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        body.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                properties.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        });
        return properties;
    }

    /** Whether a broker has looked for figures that it does not have yet. */
    boolean isUncounted() {
        return code == SYSTEM_ERROR && remark.startsWith("java.util.NoSuchElementException");
    }

    /** This, when it is a success. */
    Reply orFail(String what) throws IOException {
        if (code != SUCCESS) {
            throw new IOException(what + " was refused with code " + code + (remark.isEmpty() ? "" : ": " + remark));
        }
        return this;
    }

    static Reply of(Map<String, @Nullable Object> header, byte[] body) throws IOException {
        try {
            int code = Integer.parseInt(Json.asText(header.get("code")));
            String remark =
                    Json.asText(header.get("remark")).lines().findFirst().orElse("");
            return new Reply(
                    code,
                    remark.substring(0, Math.min(remark.length(), LONGEST_REMARK)),
                    Json.asObject(header.get("extFields")),
                    new String(body, UTF_8));
        } catch (NumberFormatException e) {
            throw new IOException("the answer has no code", e);
        }
    }
}
