package io.reliablemq.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** That a thread has come to a failpoint. At the broker it knows its message; in the database it does not. */
public final class Passage {

    private final Failpoint point;
    private final @Nullable String topic;
    private final byte @Nullable [] payload;

    Passage(Failpoint point, @Nullable String topic, byte @Nullable [] payload) {
        this.point = point;
        this.topic = topic;
        this.payload = payload;
    }

    static Passage inTheDatabase(Failpoint point) {
        return new Passage(point, null, null);
    }

    public Failpoint point() {
        return point;
    }

    /** Empty in the database. */
    public Optional<String> topic() {
        return Optional.ofNullable(topic);
    }

    /** As text; compressed or encrypted where the outbox does that. Empty in the database. */
    public Optional<String> payload() {
        return Optional.ofNullable(payload).map(bytes -> new String(bytes, UTF_8));
    }

    @Override
    public String toString() {
        return point + (topic == null ? "" : " of a message of " + topic);
    }
}
