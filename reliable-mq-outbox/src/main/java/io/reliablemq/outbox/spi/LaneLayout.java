package io.reliablemq.outbox.spi;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * How many lanes there are and which one an ordering key belongs to. Stored in the database: two processes that disagreed
 * would break the order of a key. While the count changes there are two, and rows of one key may be in two lanes.
 *
 * @param lanes 1 to 1024; what messages are written with
 * @param otherLanes while the count changes, the one that other processes may write with, or may have written with; else the same
 * @param epoch grows with each step of a change
 */
public record LaneLayout(int lanes, int otherLanes, long epoch) {

    /** Version of {@link #laneOf}: CRC-32C (RFC 3720) of the key's UTF-8 bytes, unsigned, modulo the lane count. */
    public static final int HASH_VERSION = 1;

    public LaneLayout {
        check(lanes);
        check(otherLanes);
    }

    /** One whose count does not change and never has. */
    public LaneLayout(int lanes) {
        this(lanes, lanes, 0);
    }

    private static void check(int lanes) {
        if (lanes < 1 || lanes > 1024) {
            throw new IllegalArgumentException("The number of lanes is " + lanes + ": it must be 1 to 1024");
        }
    }

    public boolean isChanging() {
        return lanes != otherLanes;
    }

    public int laneOf(String orderingKey) {
        return (int) (hash(orderingKey) % lanes);
    }

    /** The lanes besides the given one in which rows of the key may be: none, where nothing changes and the key belongs there. */
    public List<Integer> lanesBeside(int lane, String orderingKey) {
        long hash = hash(orderingKey);
        int its = (int) (hash % lanes);
        int other = (int) (hash % otherLanes);
        if (its == lane && other == lane) {
            return List.of();
        }
        return IntStream.of(its, other)
                .filter(each -> each != lane)
                .distinct()
                .boxed()
                .toList();
    }

    private static long hash(String orderingKey) {
        CRC32C crc = new CRC32C();
        crc.update(orderingKey.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
