package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.springframework.dao.DataRetrievalFailureException;

/** The columns that the outbox and the parked table have in common, always in this order. */
final class MessageColumns {

    /** All but lane and row id. */
    static final String WITHOUT_PLACE =
            "message_id, topic, tag, message_key, ordering_key, content_type, payload, headers, created_at_ms, deliver_at_ms";

    /** All but the row id, which the database assigns. */
    static final String WITHOUT_ID = "lane, " + WITHOUT_PLACE;

    static final String ALL = "id, " + WITHOUT_ID;

    static final String REFERENCE = "lane, id, message_id";

    private static final String PLACEHOLDERS = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ";

    private MessageColumns() {}

    /**
     * Placeholders for {@link #WITHOUT_ID}. A delay counts from now by the database's clock: a message of a process whose clock
     * is wrong is neither late nor early.
     */
    static String values(OutgoingMessage message, OutboxDialect dialect) {
        return "(" + PLACEHOLDERS + (message.deliverAtMs() == 0 ? "?" : fromNow(dialect)) + ")";
    }

    /** Placeholders for {@link #WITHOUT_ID} and the hand-over time. */
    static String delayedValues(OutboxDialect dialect) {
        return "(" + PLACEHOLDERS + fromNow(dialect) + ", " + fromNow(dialect) + ")";
    }

    private static String fromNow(OutboxDialect dialect) {
        return dialect.nowMs() + " + ?";
    }

    /** By the same clock, so it does not matter whether that is right. */
    static long delayMs(OutgoingMessage message) {
        return message.deliverAtMs() == 0 ? 0 : message.deliverAtMs() - message.createdAtMs();
    }

    /** Binds {@link #WITHOUT_ID}. */
    static void bind(Parameters parameters, int lane, OutgoingMessage message, String headers) throws SQLException {
        parameters
                .add(lane)
                .add(message.id())
                .add(message.topic())
                .add(message.tag())
                .add(message.key())
                .add(message.orderingKey())
                .add(message.contentType())
                .add(message.payload())
                .add(headers)
                .add(message.createdAtMs())
                .add(delayMs(message));
    }

    /** Reads {@link #ALL}. */
    static OutboxRow row(Columns columns) throws SQLException {
        long id = columns.nextLong();
        int lane = columns.nextInt();
        UUID messageId = columns.nextUuid();
        RowRef ref = new RowRef(lane, id, messageId);
        OutgoingMessage message = new OutgoingMessage(
                messageId,
                columns.nextText(),
                columns.nextTextOrNull(),
                columns.nextTextOrNull(),
                columns.nextTextOrNull(),
                columns.nextText(),
                columns.nextBytes(),
                headers(ref, columns.nextText()),
                columns.nextLong(),
                columns.nextLong());
        return new OutboxRow(ref, message);
    }

    /** Reads {@link #REFERENCE}. */
    static RowRef reference(Columns columns) throws SQLException {
        int lane = columns.nextInt();
        return new RowRef(lane, columns.nextLong(), columns.nextUuid());
    }

    static Map<String, String> headers(RowRef ref, String text) {
        try {
            return HeaderText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new DataRetrievalFailureException(
                    "The column headers of " + ref + " was changed by hand: its lane stands still until it is repaired",
                    e);
        }
    }
}
