package io.reliablemq.reliability.worker;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The database's clock, in SQL: rows and effects are compared by it, whatever the clocks of the processes say. */
@Component
public class DatabaseTime {

    private final boolean postgresql;

    DatabaseTime(@Value("${spring.datasource.url}") String url) {
        this.postgresql = url.startsWith("jdbc:postgresql:");
    }

    /** Milliseconds since the epoch, when the statement is executed. */
    public String nowMs() {
        return postgresql
                ? "floor(extract(epoch from clock_timestamp()) * 1000)"
                : "floor(unix_timestamp(sysdate(3)) * 1000)";
    }
}
