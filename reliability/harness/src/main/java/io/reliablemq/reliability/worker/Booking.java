package io.reliablemq.reliability.worker;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What is sent.
 *
 * @param id of the transaction
 * @param account the ordering key
 * @param seq counts the transactions of the account
 * @param pauseMs for which the handlers that may take long do so
 * @param padding makes messages of many sizes
 */
public record Booking(String id, String account, long seq, long pauseMs, String padding) {

    /**
     * An ordered handler holds its whole queue up, and each message behind it waits: so only one in four of the slow ones is slow there, for
     * a little longer than the invisible time.
     */
    long pauseInOrderMs() {
        return Math.min(pauseMs, seq % 4 == 0 ? 12_000 : 1_000);
    }

    /** Of everything, by which a listener's message is compared with what was committed. */
    String digest() {
        CRC32 crc = new CRC32();
        crc.update(toString().getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
