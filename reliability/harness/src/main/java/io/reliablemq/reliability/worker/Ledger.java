package io.reliablemq.reliability.worker;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.ReliableSend;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Writes a business row and two messages, in the caller's transaction. The row is the ground truth of the run. */
@Service
class Ledger {

    private static final String ORDERED = "ledger-by-account";
    private static final String UNORDERED = "ledger";

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final DatabaseTime time;

    Ledger(JdbcClient jdbc, Outbox outbox, DatabaseTime time) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.time = time;
    }

    @Transactional
    @ReliableSend(topic = UNORDERED, key = "id")
    @ReliableSend(topic = ORDERED, key = "id", orderedBy = "account")
    public Booking bookAnnotated(Request request) {
        return write(request);
    }

    @Transactional
    public Booking bookWithOutbox(Request request) {
        Booking booking = write(request);
        outbox.sendAll(List.of(
                OutboxMessage.to(UNORDERED).key(booking.id()).payload(booking),
                OutboxMessage.to(ORDERED)
                        .key(booking.id())
                        .orderedBy(booking.account())
                        .payload(booking)));
        return booking;
    }

    /** The row lock serialises the transactions of one account: that is what their order rests on. */
    private Booking write(Request request) {
        jdbc.sql("update account set seq = seq + 1 where name = ?")
                .param(request.account())
                .update();
        long seq = jdbc.sql("select seq from account where name = ?")
                .param(request.account())
                .query(Long.class)
                .single();
        Booking booking = new Booking(request.id(), request.account(), seq, request.pauseMs(), request.padding());
        jdbc.sql("insert into ledger (id, account, seq, content, written_at) values (?, ?, ?, ?, " + time.nowMs() + ")")
                .params(booking.id(), booking.account(), seq, booking.digest())
                .update();
        return booking;
    }
}
