package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.junit.jupiter.api.Test;

class PackedBodyTests {

    private static final int PACKED = MessageSysFlag.COMPRESSED_FLAG;

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(bytes)) {
            zlib.write(body);
        }
        return bytes.toByteArray();
    }

    @Test
    void leavesOtherBodiesAlone() throws IOException {
        byte[] body = packed(new byte[10]);

        assertThat(PackedBody.unpacked(body, 0, 5)).isSameAs(body);
    }

    @Test
    void unpacksUpToTheLimitAndNotAByteMore() throws IOException {
        assertThat(PackedBody.unpacked(packed(new byte[1000]), PACKED, 1000)).hasSize(1000);
        assertThatThrownBy(() -> PackedBody.unpacked(packed(new byte[1001]), PACKED, 1000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than 1000 bytes");
    }

    @Test
    void refusesBrokenBytes() throws IOException {
        byte[] whole = packed("some text".getBytes(UTF_8));

        assertThatThrownBy(() -> PackedBody.unpacked(Arrays.copyOf(whole, 9), PACKED, 1000))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> PackedBody.unpacked(new byte[0], PACKED, 1000)).isInstanceOf(IOException.class);
    }

    @Test
    void aBombIsRefusedWhenItIsReceived() throws IOException {
        MessageExt message = new MessageExt();
        message.setTopic("orders");
        message.setSysFlag(PACKED | MessageSysFlag.COMPRESSION_ZLIB_TYPE);
        message.setBornHost(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        message.setBody(packed(new byte[PackedBody.MOST + 1]));

        assertThatThrownBy(() -> RemotingDelivery.received("orders", message, Duration.ofSeconds(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unpacks to more than");
    }
}
