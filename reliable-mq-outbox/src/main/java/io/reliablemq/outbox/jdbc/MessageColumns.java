package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

    /** {@link #ALL} of a row that is only referred to. */
    static final String ALL_OF_REFERENCE = "id, lane, message_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL";

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
        RowRef ref = refOf(columns);
        return row(ref, columns.nextText(), columns);
    }

    /** Reads {@link #ALL} or {@link #ALL_OF_REFERENCE}. */
    static RowOrReference rowOrReference(Columns columns) throws SQLException {
        RowRef ref = refOf(columns);
        String topic = columns.nextTextOrNull();
        return new RowOrReference(ref, topic == null ? null : row(ref, topic, columns));
    }

    /** @param row null where there is only a reference */
    record RowOrReference(RowRef ref, @Nullable OutboxRow row) {}

    private static RowRef refOf(Columns columns) throws SQLException {
        long id = columns.nextLong();
        return new RowRef(columns.nextInt(), id, columns.nextUuid());
    }

    private static OutboxRow row(RowRef ref, String topic, Columns columns) throws SQLException {
        OutgoingMessage message = new OutgoingMessage(
                ref.messageId(),
                topic,
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
