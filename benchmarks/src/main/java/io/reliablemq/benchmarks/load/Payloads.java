package io.reliablemq.benchmarks.load;

import java.nio.charset.StandardCharsets;

/** JSON of 500 bytes that begins with its sequence number, so that whoever handles it knows which one it is. */
public final class Payloads {

    /** Bytes, and characters, of each payload. */
    public static final int LENGTH = 500;

    private static final String HEAD = "{\"sequence\":";
    private static final int DIGITS = 9;
    private static final String TAIL = tail();

    private Payloads() {}

    /** @param sequence 0 to 999,999,999 */
    public static String of(int sequence) {
        // a leading zero is not JSON, so the number starts at one thousand million
        return HEAD + (1_000_000_000L + sequence) + TAIL;
    }

    public static byte[] bytesOf(int sequence) {
        return of(sequence).getBytes(StandardCharsets.UTF_8);
    }

    public static int sequence(byte[] payload) {
        int sequence = 0;
        for (int i = HEAD.length() + 1; i <= HEAD.length() + DIGITS; i++) {
            sequence = sequence * 10 + payload[i] - '0';
        }
        return sequence;
    }

    public static int sequence(String payload) {
        int start = HEAD.length() + 1;
        return Integer.parseInt(payload, start, start + DIGITS, 10);
    }

    private static String tail() {
        String fields =
                ",\"event\":\"OrderPlaced\",\"currency\":\"EUR\",\"amount\":129.90,\"customer\":\"c-20417\",\"note\":\"";
        String end = "\"}";
        int filler = LENGTH - HEAD.length() - 1 - DIGITS - fields.length() - end.length();
        return fields + "abcdefghij".repeat(filler / 10 + 1).substring(0, filler) + end;
    }
}
