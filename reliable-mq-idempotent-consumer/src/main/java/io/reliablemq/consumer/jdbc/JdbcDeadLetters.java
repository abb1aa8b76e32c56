package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.DeadLetters.Payload;
import io.reliablemq.consumer.spi.DeadLetterStore;
import io.reliablemq.consumer.spi.InboxEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The dead letters as rows. */
final class JdbcDeadLetters implements DeadLetterStore {

    private static final String TABLE = "reliable_mq_dead_letter";
    private static final String COLUMNS = "id, consumer_group, message_key, message_id, topic, tag, message_keys,"
            + " ordering_key, content_type, headers, created_at, deliver_at, reason, error, attempts, state,"
            + " written_at";
    /** Whole payloads are read for one letter at a time only. */
    private static final String LIST = "select " + COLUMNS + ", octet_length(payload) as size from " + TABLE;

    private static final String FIND =
            "select " + COLUMNS + ", octet_length(payload) as size, digest, payload from " + TABLE + " where id = ?";

    private final InboxStatements statements;
    private final InboxAudit audit;

    JdbcDeadLetters(InboxStatements statements) {
        this.statements = statements;
        this.audit = new InboxAudit(statements);
    }

    @Override
    public void write(StoredLetter stored) {
        DeadLetter letter = stored.letter();
        InboxEntry entry = stored.entry();
        String sql = "insert into " + TABLE + " (" + COLUMNS + ", digest, payload) values (" + "?, ".repeat(16)
                + statements.dialect().now() + ", ?, ?)";
        String messageId = entry.messageId();
        statements.update(
                "write a dead letter",
                sql,
                letter.id(),
                entry.group().getBytes(UTF_8),
                entry.key().getBytes(UTF_8),
                messageId == null ? null : messageId.getBytes(UTF_8),
                letter.topic(),
                FormText.storable(letter.tag()),
                FormText.of(letter.keys()),
                FormText.storable(letter.orderingKey()),
                FormText.storable(letter.contentType()),
                FormText.of(letter.headers()),
                letter.createdAtMs(),
                letter.deliverAtMs(),
                letter.reason().name(),
                FormText.shortened(letter.error()),
                letter.attempts(),
                DeadLetter.State.OPEN.name(),
                entry.digest(),
                stored.payload());
    }

    @Override
    public Optional<StoredLetter> lockOpen(String id) {
        return query("lock a dead letter", FIND + " and state = 'OPEN' for update skip locked", id).stream()
                .findFirst();
    }

    @Override
    public void settle(String id, DeadLetter.State state) {
        statements.update(
                "settle a dead letter",
                "update " + TABLE + " set state = ?, settled_at = "
                        + statements.dialect().now() + " where id = ?",
                state.name(),
                id);
    }

    @Override
    public void replace(String id, Payload payload, Map<String, String> headers) {
        statements.update(
                "edit a dead letter",
                "update " + TABLE + " set payload = ?, content_type = ?, headers = ? where id = ?",
                payload.bytes(),
                FormText.storable(payload.contentType()),
                FormText.of(headers),
                id);
    }

    @Override
    public boolean recordFailure(String id, String error) {
        return statements.update(
                        "note a failed replay",
                        "update " + TABLE + " set attempts = attempts + 1, error = ? where id = ? and state = 'OPEN'",
                        FormText.shortened(error),
                        id)
                == 1;
    }

    @Override
    public Optional<StoredLetter> find(String id) {
        return query("read a dead letter", FIND, id).stream().findFirst();
    }

    @Override
    public List<DeadLetter> list(Letters which, @Nullable DeadLetter after, int limit) {
        LetterSearch search = new LetterSearch(which).after(after);
        return statements.guarded("list dead letters", () -> statements
                .jdbc()
                .query(LIST + search.page(), (row, index) -> letter(row), search.arguments(limit)));
    }

    @Override
    public long count(Letters which) {
        LetterSearch search = new LetterSearch(which);
        return Objects.requireNonNull(statements.guarded("count dead letters", () -> statements
                .jdbc()
                .queryForObject("select count(*) from " + TABLE + search.all(), Long.class, search.arguments())));
    }

    @Override
    public Deed audit(Operation operation, String letterId, String detail, Action action) {
        return audit.write(operation, letterId, detail, action);
    }

    @Override
    public List<Deed> audit(long before, int limit) {
        return audit.before(before, limit);
    }

    private List<StoredLetter> query(String what, String sql, Object... arguments) {
        return statements.guarded(what, () -> statements
                .jdbc()
                .query(
                        sql,
                        (row, index) -> new StoredLetter(letter(row), row.getBytes("payload"), entry(row)),
                        arguments));
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
                row.getInt("size"),
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
