package io.reliablemq.outbox.spi;

/**
 * Which payloads are compressed with gzip.
 *
 * @param threshold smaller payloads stay as they are, in bytes
 * @param maxSize larger payloads are refused, in bytes: consumers unpack no more than their own limit
 */
public record CompressionSettings(boolean enabled, long threshold, long maxSize) {

    public static final CompressionSettings OFF = new CompressionSettings(false, 1, Integer.MAX_VALUE);

    public CompressionSettings {
        if (threshold < 1 || maxSize < threshold || maxSize > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("threshold is " + threshold + " and max-size is " + maxSize
                    + " bytes: set 1 <= threshold <= max-size < 2GB");
        }
    }
}
