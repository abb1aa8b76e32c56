package io.reliablemq.autoconfigure.endpoint;

import java.util.Map;
import java.util.TreeMap;

/** What operators need to know of a message's content: that it is there. */
final class Masked {

    private static final String MASK = "***";

    private Masked() {}

    static Map<String, String> headers(Map<String, String> headers) {
        Map<String, String> masked = new TreeMap<>();
        headers.keySet().forEach(name -> masked.put(name, MASK));
        return masked;
    }

    static String payload(int size) {
        return MASK + " (" + size + " bytes)";
    }
}
