package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/**
 * The identity of a message in one consumer group, as it is recorded.
 *
 * @param key unique in the group, compared byte by byte
 * @param messageId the producer's message id, or null
 * @param digest SHA-256 of the payload
 */
@SuppressWarnings("ArrayRecordComponent") // made once per delivery and never shared
public record InboxEntry(String group, String key, @Nullable String messageId, byte[] digest) {

    /** Longest group, key and message id in UTF-8 bytes: the columns' size. */
    public static final int MAX_BYTES = 255;

    @Override
    public String toString() {
        return "key " + Printable.of(key) + " of group " + group;
    }
}
