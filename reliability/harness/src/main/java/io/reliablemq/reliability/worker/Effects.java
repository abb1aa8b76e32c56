package io.reliablemq.reliability.worker;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes what a listener does, in the caller's transaction, into a table without any unique constraint, so that a second effect
 * shows.
 */
@Component
public class Effects {

    private final JdbcClient jdbc;
    private final DatabaseTime time;
    private final String worker;

    public Effects(JdbcClient jdbc, DatabaseTime time, @Value("${worker.name}") String worker) {
        this.jdbc = jdbc;
        this.time = time;
        this.worker = worker;
    }

    /** Also whether the business row is visible: a message that is here before its commit shows. */
    public void apply(String listener, Booking booking) {
        boolean seen = jdbc.sql("select count(*) from ledger where id = ?")
                        .param(booking.id())
                        .query(Integer.class)
                        .single()
                > 0;
        jdbc.sql(
                        "insert into effect (listener, id, account, seq, content, worker, row_seen, written_at) values (?, ?, ?, ?, ?, ?, ?, "
                                + time.nowMs() + ")")
                .params(listener, booking.id(), booking.account(), booking.seq(), booking.digest(), worker, seen)
                .update();
    }
}
