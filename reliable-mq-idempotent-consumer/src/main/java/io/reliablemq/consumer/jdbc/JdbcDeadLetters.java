package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.InboxEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The dead letters as rows. */
final class JdbcDeadLetters implements DeadLetterStore {

    private static final String COLUMNS =
            "id, consumer_group, message_key, message_id, digest, topic, tag, message_keys,"
                    + " ordering_key, content_type, payload, headers, created_at, deliver_at, reason, error, attempts, state,"
                    + " written_at";
    private static final String SELECT = "select " + COLUMNS + " from reliable_mq_dead_letter";

    private final InboxStatements statements;

    JdbcDeadLetters(InboxStatements statements) {
        this.statements = statements;
    }

    @Override
    public void write(DeadLetter letter, InboxEntry entry) {
        String sql = "insert into reliable_mq_dead_letter (" + COLUMNS + ") values (" + "?, ".repeat(18)
                + statements.dialect().now() + ")";
        String messageId = entry.messageId();
        statements.update(
                "write a dead letter",
                sql,
                letter.id(),
                entry.group().getBytes(UTF_8),
                entry.key().getBytes(UTF_8),
                messageId == null ? null : messageId.getBytes(UTF_8),
                entry.digest(),
                letter.topic(),
                FormText.storable(letter.tag()),
                FormText.of(letter.keys()),
                FormText.storable(letter.orderingKey()),
                FormText.storable(letter.contentType()),
                letter.payload(),
                FormText.of(letter.headers()),
                letter.createdAtMs(),
                letter.deliverAtMs(),
                letter.reason().name(),
                FormText.shortened(letter.error()),
                letter.attempts(),
                DeadLetter.State.OPEN.name());
    }

    @Override
    public Optional<StoredLetter> lockOpen(String id) {
        return query("lock a dead letter", SELECT + " where id = ? and state = 'OPEN' for update", id).stream()
                .findFirst();
    }

    @Override
    public void settle(String id, DeadLetter.State state) {
        statements.update(
                "settle a dead letter",
                "update reliable_mq_dead_letter set state = ?, settled_at = "
                        + statements.dialect().now() + " where id = ?",
                state.name(),
                id);
    }

    @Override
    public void recordFailure(String id, String error) {
        statements.update(
                "note a failed replay",
                "update reliable_mq_dead_letter set attempts = attempts + 1, error = ? where id = ? and state = 'OPEN'",
                FormText.shortened(error),
                id);
    }

    @Override
    public Optional<DeadLetter> find(String id) {
        return query("read a dead letter", SELECT + " where id = ?", id).stream()
                .map(StoredLetter::letter)
                .findFirst();
    }

    @Override
    public List<DeadLetter> list(String group, int limit) {
        String sql = SELECT + " where consumer_group = ? and state = 'OPEN' order by written_at, id limit ?";
        return query("list dead letters", sql, group.getBytes(UTF_8), limit).stream()
                .map(StoredLetter::letter)
                .toList();
    }

    @Override
    public long count(String group) {
        String sql = "select count(*) from reliable_mq_dead_letter where consumer_group = ? and state = 'OPEN'";
        return Objects.requireNonNull(statements.guarded(
                "count dead letters",
                () -> statements.jdbc().queryForObject(sql, Long.class, (Object) group.getBytes(UTF_8))));
    }

    private List<StoredLetter> query(String what, String sql, Object... arguments) {
        return statements.guarded(what, () -> statements
                .jdbc()
                .query(sql, (row, index) -> new StoredLetter(letter(row), entry(row)), arguments));
    }

    private static InboxEntry entry(ResultSet row) throws SQLException {
        return new InboxEntry(
                requiredText(row, "consumer_group"),
                requiredText(row, "message_key"),
                text(row, "message_id"),
                row.getBytes("digest"));
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getString("id"),
                requiredText(row, "consumer_group"),
                requiredText(row, "message_key"),
                text(row, "message_id"),
                row.getString("topic"),
                row.getString("tag"),
                FormText.toKeys(row.getString("message_keys")),
                row.getString("ordering_key"),
                row.getString("content_type"),
                row.getBytes("payload"),
                FormText.toHeaders(row.getString("headers")),
                row.getLong("created_at"),
                row.getLong("deliver_at"),
                DeadLetterReason.valueOf(row.getString("reason")),
                row.getString("error"),
                row.getInt("attempts"),
                Instant.ofEpochMilli(row.getLong("written_at")),
                DeadLetter.State.valueOf(row.getString("state")));
    }

    private static String requiredText(ResultSet row, String column) throws SQLException {
        return new String(row.getBytes(column), UTF_8);
    }

    private static @Nullable String text(ResultSet row, String column) throws SQLException {
        byte @Nullable [] bytes = row.getBytes(column);
        return bytes == null ? null : new String(bytes, UTF_8);
    }
}
