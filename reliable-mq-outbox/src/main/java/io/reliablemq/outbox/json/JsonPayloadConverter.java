package io.reliablemq.outbox.json;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.PayloadConverter;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bytes and strings are sent as they are, everything else as JSON.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class JsonPayloadConverter implements PayloadConverter {

    private final JsonMapper mapper;

    public JsonPayloadConverter(JsonMapper mapper) {
        this.mapper = mapper;
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
        return new Converted(json(payload), "application/json");
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
