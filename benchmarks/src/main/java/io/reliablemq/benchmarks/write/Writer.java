package io.reliablemq.benchmarks.write;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes the message of one business transaction, inside of it.
 *
 * @param subject as it is named in the results
 * @param order {@code ordered} or {@code unordered}
 * @param table where the messages go, null for nowhere
 * @param listening whether its transaction manager tells the outbox of a commit to come
 */
public record Writer(String subject, String order, @Nullable String table, boolean listening, Message message) {

    /** Called with the number of the message, on a connection that is bound to the transaction. */
    @FunctionalInterface
    public interface Message {
        void write(int sequence);
    }

    /** All that are compared: without a message, hand-written, ours; unordered first. */
    public static List<Writer> all(BenchmarkDatabase database, BusinessTransactions business) {
        Limit limit = new Limit(database);
        ReliableMq ours = new ReliableMq(database);
        // not started: what is committed stays in the table
        OutboxRelay feed = ours.relay(
                message -> CompletableFuture.completedStage(new SendOutcome.Unknown("never sent")), RelayObserver.NONE);
        Outbox outbox = ours.outbox(business.dataSource(), feed);
        List<Writer> writers = new ArrayList<>();
        for (boolean ordered : new boolean[] {false, true}) {
            String order = order(ordered);
            writers.add(new Writer("none", order, null, false, sequence -> {}));
            writers.add(new Writer(
                    limit.name(),
                    order,
                    limit.table(),
                    false,
                    sequence -> limit.insert(business.jdbc(), sequence, ordered)));
            writers.add(new Writer(
                    ours.name(), order, ours.table(), true, sequence -> outbox.send(message(sequence, ordered))));
        }
        return writers;
    }

    /** What the results call it. */
    public static String order(boolean ordered) {
        return ordered ? "ordered" : "unordered";
    }

    /** The message as our API takes it. */
    public static OutboxMessage message(int sequence, boolean ordered) {
        return OutboxMessage.to("benchmark")
                .orderedBy(ordered ? Keys.of(sequence) : null)
                .payload(Payloads.of(sequence));
    }
}
