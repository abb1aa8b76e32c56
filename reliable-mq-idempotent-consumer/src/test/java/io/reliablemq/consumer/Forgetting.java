package io.reliablemq.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.springframework.jdbc.core.JdbcTemplate;

/** For tests of what comes after the notice that is given before records are deleted. */
public final class Forgetting {

    private Forgetting() {}

    /** From now on whatever is old is deleted at once. */
    public static void atOnce(JdbcTemplate jdbc, String group) {
        jdbc.update("delete from reliable_mq_inbox_horizon where consumer_group = ?", (Object) group.getBytes(UTF_8));
        jdbc.update(
                "insert into reliable_mq_inbox_horizon (consumer_group, forgotten_before, forgets_before) values (?, ?, 0)",
                group.getBytes(UTF_8),
                Long.MAX_VALUE);
    }
}
