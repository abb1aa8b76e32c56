package io.reliablemq.outbox.spi;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * How many lanes there are and which one an ordering key belongs to. Stored in the database: two processes that disagreed
 * would break the order of a key.
 *
 * @param lanes 1 to 1024
 */
public record LaneLayout(int lanes) {

    /** Version of {@link #laneOf}: CRC-32C (RFC 3720) of the key's UTF-8 bytes, unsigned, modulo the lane count. */
    public static final int HASH_VERSION = 1;

    public LaneLayout {
        if (lanes < 1 || lanes > 1024) {
            throw new IllegalArgumentException("The number of lanes is " + lanes + ": it must be 1 to 1024");
        }
    }

    public int laneOf(String orderingKey) {
        CRC32C crc = new CRC32C();
        crc.update(orderingKey.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % lanes);
    }
}
