package io.reliablemq.benchmarks.write;

import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.outbox.OutboxMessage;
import org.jspecify.annotations.Nullable;

/**
 * Runs business transactions that write a message each.
 *
 * @param subject as it is named in the results
 * @param order {@code ordered} or {@code unordered}
 * @param table where the messages go, null for nowhere
 */
public record Writer(String subject, String order, @Nullable String table, Transaction transaction) {

    /**
     * Inserts the order of that number and writes its message, in one transaction, which is committed when it returns. The
     * transaction is Spring's or the subject's own.
     */
    @FunctionalInterface
    public interface Transaction {

        /** @throws RuntimeException when it was rolled back */
        void run(int number);
    }

    /** What the results call it. */
    public static String order(boolean ordered) {
        return ordered ? "ordered" : "unordered";
    }

    /** The message as our API takes it. */
    public static OutboxMessage message(String topic, int number, boolean ordered) {
        return OutboxMessage.to(topic)
                .orderedBy(ordered ? Keys.of(number) : null)
                .payload(Payloads.of(number));
    }
}
