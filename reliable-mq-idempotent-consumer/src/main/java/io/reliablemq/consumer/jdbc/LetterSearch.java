package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Letters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The condition on open letters, and what is bound to it. */
final class LetterSearch {

    private final StringBuilder condition = new StringBuilder("state = 'OPEN'");
    private final List<Object> arguments = new ArrayList<>();

    LetterSearch(Letters which) {
        String group = which.consumerGroup();
        and("consumer_group = ?", group == null ? null : group.getBytes(UTF_8));
        and("topic = ?", which.topic());
        and("reason = ?", which.reason() == null ? null : which.reason().name());
        and("written_at >= ?", which.fromMs());
        and("written_at < ?", which.toMs());
    }

    /** Behind that one, in the order of {@link #page}. */
    LetterSearch after(@Nullable DeadLetter last) {
        if (last != null) {
            long writtenAt = last.writtenAt().toEpochMilli();
            and("written_at >= ?", writtenAt);
            and("(written_at > ? or id > ?)", writtenAt);
            arguments.add(last.id());
        }
        return this;
    }

    private void and(String part, @Nullable Object argument) {
        if (argument != null) {
            condition.append(" and ").append(part);
            arguments.add(argument);
        }
    }

    String page() {
        return " where " + condition + " order by written_at, id limit ?";
    }

    String all() {
        return " where " + condition;
    }

    Object[] arguments() {
        return arguments.toArray();
    }

    Object[] arguments(int limit) {
        List<Object> all = new ArrayList<>(arguments);
        all.add(limit);
        return all.toArray();
    }
}
