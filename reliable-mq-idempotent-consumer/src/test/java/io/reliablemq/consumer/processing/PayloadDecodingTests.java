package io.reliablemq.consumer.processing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.spi.PayloadDecryption;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class PayloadDecodingTests {

    private static final String JSON = "application/json";

    private final PayloadDecoding decoding = new PayloadDecoding(List.of(turning("key-7")), 1000);

    static ReceivedMessage encoded(byte[] payload, String encoding) {
        return Messages.message("m1", "").withPayload(payload, JSON + ";reliablemq-encoding=" + encoding);
    }

    static byte[] gzip(byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(payload);
        }
        return bytes.toByteArray();
    }

    static byte[] turned(byte[] payload) {
        byte[] turned = payload.clone();
        for (int i = 0; i < turned.length; i++) {
            turned[i] ^= 0x55;
        }
        return turned;
    }

    static PayloadDecryption turning(String name) {
        return new PayloadDecryption() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public byte[] decrypt(ReceivedMessage message) {
                return turned(message.payload());
            }
        };
    }

    @Test
    void leavesOtherMessagesAlone() {
        ReceivedMessage plain = Messages.message("m1", "text");
        ReceivedMessage untyped = plain.withPayload(new byte[1], null);

        assertThat(decoding.decode(plain)).isSameAs(plain);
        assertThat(decoding.decode(untyped)).isSameAs(untyped);
    }

    @Test
    void undoesTheLastEncodingFirst() throws IOException {
        byte[] payload = "text".repeat(100).getBytes(UTF_8);

        ReceivedMessage decoded = decoding.decode(encoded(turned(gzip(payload)), "gzip+key-7"));

        assertThat(decoded.payload()).isEqualTo(payload);
        assertThat(decoded.contentType()).isEqualTo(JSON);
    }

    @Test
    void unpacksUpToTheLimitAndNotAByteMore() throws IOException {
        assertThat(decoding.decode(encoded(gzip(new byte[1000]), "gzip")).payload())
                .hasSize(1000);
        assertThatThrownBy(() -> decoding.decode(encoded(gzip(new byte[1001]), "gzip")))
                .isInstanceOf(FatalListenerException.class)
                .hasMessageContaining("more than 1000 bytes");
    }

    @Test
    void refusesBombsWithinBombs() {
        assertThatThrownBy(() -> decoding.decode(encoded(new byte[1], "gzip+gzip+gzip")))
                .hasMessageContaining("3 times");
    }

    @Test
    void refusesBrokenBytesAndAnUnknownEncryption() throws IOException {
        byte[] whole = gzip(new byte[500]);
        byte[] half = Arrays.copyOf(whole, whole.length - 9);

        assertThatThrownBy(() -> decoding.decode(encoded(half, "gzip"))).hasMessageContaining("no intact gzip");
        assertThatThrownBy(() -> decoding.decode(encoded(new byte[1], "gzip"))).hasMessageContaining("no intact gzip");
        assertThatThrownBy(() -> decoding.decode(encoded(new byte[1], "key-8")))
                .hasMessageContaining("key-8")
                .hasMessageContaining("PayloadDecryption bean");
    }

    @Test
    void namesAnUnknownEncryptionInOneLine() {
        String forged = "key\n\u009bERROR a line of its own" + "x".repeat(500);

        assertThatThrownBy(() -> decoding.decode(encoded(new byte[1], forged)))
                .hasMessageContaining("\"key??ERROR a line")
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("x".repeat(300));
    }

    @Test
    void refusesTwoDecryptionsOfOneName() {
        assertThatThrownBy(() -> new PayloadDecoding(List.of(turning("a"), turning("a")), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give each its own");
    }
}
