package io.reliablemq.outbox.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonPayloadConverterTests {

    private final JsonPayloadConverter converter = new JsonPayloadConverter(JsonMapper.shared());

    record Order(String id, int amount) {}

    static class Broken {
        public String getSecret() {
            throw new IllegalStateException("s3cret");
        }
    }

    @Test
    void sendsBytesAsTheyWereAtTheCall() {
        byte[] bytes = {1, 2};
        Converted converted = converter.convert(bytes);
        bytes[0] = 9;

        assertThat(converted.bytes()).containsExactly(1, 2);
        assertThat(converted.contentType()).isEqualTo("application/octet-stream");
    }

    @Test
    void sendsStringsAsText() {
        Converted converted = converter.convert("grüße");

        assertThat(converted.bytes()).isEqualTo("grüße".getBytes(StandardCharsets.UTF_8));
        assertThat(converted.contentType()).isEqualTo("text/plain;charset=utf-8");
    }

    @Test
    void saysByItsAliasWhatAValueIs() {
        JsonPayloadConverter named = new JsonPayloadConverter(JsonMapper.shared(), Map.of("order", Order.class));

        assertThat(named.convert(new Order("o-1", 3)).contentType())
                .isEqualTo("application/json;reliablemq-type=order");
        assertThat(named.convert(Map.of()).contentType()).isEqualTo("application/json");
    }

    /** So that an alias can be renamed. */
    @Test
    void writesTheFirstOfSeveralAliases() {
        Map<String, Class<?>> types = new LinkedHashMap<>();
        types.put("purchase", Order.class);
        types.put("order", Order.class);

        assertThat(new JsonPayloadConverter(JsonMapper.shared(), types)
                        .convert(new Order("o-1", 3))
                        .contentType())
                .isEqualTo("application/json;reliablemq-type=purchase");
    }

    @Test
    void sendsOtherValuesAsJson() {
        Converted converted = converter.convert(new Order("o-1", 3));

        assertThat(new String(converted.bytes(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":\"o-1\",\"amount\":3}");
        assertThat(converted.contentType()).isEqualTo("application/json");
    }

    @Test
    void namesTheTypeAndNotTheValueOfWhatCannotBeWritten() {
        assertThatThrownBy(() -> converter.convert(new Broken()))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining(Broken.class.getName())
                .hasMessageNotContaining("s3cret");
    }
}
