package io.reliablemq.doctor.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes over a connection in RocketMQ's remoting protocol: its length, the length of its header (the highest byte says how that is
 * written, 0 is JSON), header, body.
 */
@SuppressWarnings("ArrayRecordComponent") // made once per answer and never shared
record Frame(Map<String, @Nullable Object> header, byte[] body) {

    /** As RocketMQ's own limit. */
    private static final int LONGEST = 16 * 1024 * 1024;

    private static final int LENGTH = 0xff_ffff;
    private static final int JSON = 0;

    /** @throws IOException when there is none, or not as RocketMQ writes it */
    static Frame read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 4 || length > LONGEST) {
            throw new IOException("the answer is " + length + " bytes long: that is no RocketMQ");
        }
        byte[] frame = new byte[length];
        in.readFully(frame);
        int header = 4 + headerLength(frame);
        return new Frame(
                Json.object(new String(frame, 4, header - 4, UTF_8)), Arrays.copyOfRange(frame, header, length));
    }

    private static int headerLength(byte[] frame) throws IOException {
        int length = ByteBuffer.wrap(frame).getInt() & LENGTH;
        if (frame[0] != JSON || length > frame.length - 4) {
            throw new IOException("the answer's header is not JSON");
        }
        return length;
    }
}
