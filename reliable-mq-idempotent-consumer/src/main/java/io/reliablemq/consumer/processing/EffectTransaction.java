package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.PreparedMessage;

/** The one transaction: dedup record first, then the effect, then the commit, or nothing at all. */
final class EffectTransaction {

    private final InboxStore inbox;
    private final Transactions transactions;

    EffectTransaction(InboxStore inbox, Transactions transactions) {
        this.inbox = inbox;
        this.transactions = transactions;
    }

    /** {@code Recorded} means that the handler was not called. */
    Admission run(Identity.Accepted message, boolean redelivered) {
        return transactions.execute(() -> {
            inbox.requireBoundTransaction();
            Admission admission = inbox.admit(message.entry(), InboxState.DONE);
            if (admission instanceof Admission.Admitted) {
                apply(message.entry(), message.prepared(), redelivered);
            }
            return admission;
        });
    }

    /** Before the handler: afterwards a swallowed SQL error could make our own statement fail. */
    void apply(InboxEntry entry, PreparedMessage prepared, boolean redelivered) {
        if (redelivered) {
            inbox.forgetFailures(entry);
        }
        CommitSentinel sentinel = inbox.plantSentinel();
        handle(prepared);
        Transactions.beforeCommit(sentinel::release);
    }

    static void handle(PreparedMessage prepared) {
        try {
            prepared.handle();
        } catch (Throwable e) {
            throw new HandlerFailure(e);
        }
    }
}
