package io.reliablemq.rocketmq.remoting;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.InflaterInputStream;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.compression.CompressorFactory;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;

/** A body that the client of somebody else's producer has compressed. Bounded, because a few kilobytes can unpack to gigabytes. */
final class PackedBody {

    /** What a listener unpacks by default. */
    static final int MOST = 16 << 20;

    private PackedBody() {}

    /** @throws IOException when it cannot be unpacked; it never quotes the body */
    static byte[] unpacked(byte[] body, int flags, int limit) throws IOException {
        if ((flags & MessageSysFlag.COMPRESSED_FLAG) == 0) {
            return body;
        }
        CompressionType type = MessageSysFlag.getCompressionType(flags);
        if (type != CompressionType.ZLIB) {
            // needs a library that the application has to bring, and which RocketMQ calls without a limit
            return CompressorFactory.getCompressor(type).decompress(body);
        }
        try (InflaterInputStream zlib = new InflaterInputStream(new ByteArrayInputStream(body))) {
            byte[] bytes = zlib.readNBytes(limit);
            if (zlib.read() >= 0) {
                throw new IOException("it unpacks to more than " + limit + " bytes");
            }
            return bytes;
        }
    }
}
