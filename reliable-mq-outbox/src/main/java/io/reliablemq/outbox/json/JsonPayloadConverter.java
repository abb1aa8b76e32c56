package io.reliablemq.outbox.json;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.PayloadConverter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bytes and strings are sent as they are, everything else as JSON.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class JsonPayloadConverter implements PayloadConverter {

    private static final String TYPE = ";reliablemq-type=";

    private final JsonMapper mapper;
    private final Map<Class<?>, String> aliases = new HashMap<>();

    public JsonPayloadConverter(JsonMapper mapper) {
        this(mapper, Map.of());
    }

    /**
     * @param types payloads of exactly these classes say what they are by the alias, in a parameter of their content type; of several aliases
     *     of a class by the first
     */
    public JsonPayloadConverter(JsonMapper mapper, Map<String, Class<?>> types) {
        this.mapper = mapper;
        types.forEach((alias, type) -> aliases.putIfAbsent(type, alias));
    }

    /** @throws MessageRejectedException naming the type, never the value */
    @Override
    public Converted convert(Object payload) {
        if (payload instanceof byte[] bytes) {
            return new Converted(bytes.clone(), "application/octet-stream");
        }
        if (payload instanceof String text) {
            return new Converted(text.getBytes(StandardCharsets.UTF_8), "text/plain;charset=utf-8");
        }
        String alias = aliases.get(payload.getClass());
        return new Converted(json(payload), alias == null ? "application/json" : "application/json" + TYPE + alias);
    }

    private byte[] json(Object payload) {
        try {
            return mapper.writeValueAsBytes(payload);
        } catch (JacksonException e) {
            throw new MessageRejectedException(
                    "A payload of type " + payload.getClass().getName()
                            + " cannot be written as JSON. Send a type that Jackson can write, or bytes or a string",
                    e);
        }
    }
}
