package io.reliablemq.outbox.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.CompressionSettings;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadEncryption;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadEncodingTests {

    private static final CompressionSettings FROM_100 = new CompressionSettings(true, 100, 10_000);

    private static OutgoingMessage message(byte[] payload) {
        return new OutgoingMessage(
                UUID.randomUUID(), "orders", null, null, null, "text/plain;charset=utf-8", payload, Map.of(), 1, 0);
    }

    /** Turns the bytes around; good enough to see when it is called. */
    private static PayloadEncryption named(String name) {
        return new PayloadEncryption() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public byte[] encrypt(OutgoingMessage message) {
                byte[] turned = message.payload().clone();
                for (int i = 0; i < turned.length; i++) {
                    turned[i] ^= 0x55;
                }
                return turned;
            }
        };
    }

    @Test
    void compressesFromTheThresholdOn() throws IOException {
        PayloadEncoding encoding = new PayloadEncoding(FROM_100, null);
        OutgoingMessage small = message("x".repeat(99).getBytes(UTF_8));
        assertThat(encoding.encode(small)).isSameAs(small);

        OutgoingMessage encoded = encoding.encode(message("x".repeat(100).getBytes(UTF_8)));

        assertThat(encoded.contentType()).isEqualTo("text/plain;charset=utf-8;reliablemq-encoding=gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(encoded.payload())).readAllBytes())
                .isEqualTo("x".repeat(100).getBytes(UTF_8));
    }

    @Test
    void leavesAsItIsWhatCompressionMakesLarger() {
        byte[] random = new byte[5_000];
        new Random(1).nextBytes(random);
        OutgoingMessage message = message(random);

        assertThat(new PayloadEncoding(FROM_100, null).encode(message)).isSameAs(message);
    }

    @Test
    void encryptsWhatIsCompressed() {
        OutgoingMessage plain = message("x".repeat(1000).getBytes(UTF_8));

        OutgoingMessage encoded = new PayloadEncoding(FROM_100, named("key-7")).encode(plain);

        assertThat(encoded.contentType()).endsWith(";reliablemq-encoding=gzip+key-7");
        assertThat(encoded.payload()).hasSizeLessThan(100);
        assertThat(encoded.id()).isEqualTo(plain.id());
    }

    @Test
    void refusesWhatConsumersWouldNotUnpack() {
        assertThatThrownBy(() -> new PayloadEncoding(FROM_100, null).encode(message(new byte[10_001])))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("max-decompressed-size");
    }

    @Test
    void refusesAContentTypeThatClaimsToBeEncoded() {
        OutgoingMessage forged = message(new byte[1]).withPayload(new byte[1], "a/b;reliablemq-encoding=gzip");

        assertThatThrownBy(() -> new PayloadEncoding(CompressionSettings.OFF, null).encode(forged))
                .isInstanceOf(MessageRejectedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gzip", "a+b", "a b", "GZIP"})
    void refusesANameThatCouldNotTravel(String name) {
        assertThatThrownBy(() -> new PayloadEncoding(CompressionSettings.OFF, named(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
    }
}
