package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.OutgoingMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the columns take whole. Checked here because a database may cut or replace instead of refuse: MySQL outside its strict mode
 * does.
 */
final class ColumnLimits {

    private static final int NAME = 255;
    private static final int MESSAGE_KEY = 1024;
    private static final int HEADERS = 1 << 20;
    private static final int REASON = 1000;

    private ColumnLimits() {}

    static void check(OutgoingMessage message, String headers) {
        check(message, "topic", message.topic(), NAME);
        check(message, "tag", message.tag(), NAME);
        check(message, "key", message.key(), MESSAGE_KEY);
        check(message, "ordering key", message.orderingKey(), NAME);
        check(message, "content type", message.contentType(), NAME);
        checkLength(message, "header set as JSON", headers, HEADERS);
    }

    static String reason(String reason) {
        return cut(reason.replace('\0', ' '), REASON);
    }

    static String name(String name) {
        return cut(name.replace('\0', ' '), NAME);
    }

    private static void check(OutgoingMessage message, String field, @Nullable String value, int limit) {
        if (value == null) {
            return;
        }
        checkLength(message, field, value, limit);
        for (int i = 0; i < value.length(); i++) {
            int character = value.codePointAt(i);
            if (character == 0 || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE)) {
                throw new MessageRejectedException("The " + field + " of " + message + " has the character "
                        + String.format("U+%04X", character) + " at index " + i
                        + ", which not every database stores: remove it");
            }
            i += Character.charCount(character) - 1;
        }
    }

    private static void checkLength(OutgoingMessage message, String field, String value, int limit) {
        if (value.length() > limit) {
            throw new MessageRejectedException("The " + field + " of " + message + " has " + value.length()
                    + " characters and the outbox table takes " + limit + ": shorten it");
        }
    }

    static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        boolean inPair = Character.isHighSurrogate(text.charAt(limit - 1));
        return text.substring(0, inPair ? limit - 1 : limit);
    }
}
