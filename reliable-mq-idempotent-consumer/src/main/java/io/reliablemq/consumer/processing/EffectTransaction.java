package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.StopSignal;

/** The one transaction: dedup record first, then the effect, then the commit, or nothing at all. */
final class EffectTransaction {

    private final InboxStore inbox;
    private final Transactions transactions;

    EffectTransaction(InboxStore inbox, Transactions transactions) {
        this.inbox = inbox;
        this.transactions = transactions;
    }

    /** {@code Recorded} means that the handler was not called. */
    Admission run(Identity.Accepted message, boolean redelivered, StopSignal stop) {
        return transactions.execute(() -> {
            inbox.requireBoundTransaction();
            Admission admission = inbox.admit(message.entry(), InboxState.DONE);
            if (admission instanceof Admission.Admitted admitted) {
                message.requireYoung();
                try {
                    apply(message, redelivered, admitted.sentinel());
                } finally {
                    stop.dropOtherInterrupts();
                }
            }
            return admission;
        });
    }

    /** For a message whose record is moved to done in this transaction instead of inserted. */
    void reapply(InboxEntry entry, PreparedMessage prepared) {
        CommitSentinel sentinel = inbox.plantSentinel(entry);
        handle(prepared);
        Transactions.beforeCommit(sentinel::release);
    }

    /** Failures are forgotten before the handler: afterwards an SQL error that it swallowed could make our own statement fail. */
    private void apply(Identity.Accepted message, boolean redelivered, CommitSentinel sentinel) {
        if (redelivered) {
            inbox.forgetFailures(message.entry());
        }
        handle(message.prepared());
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
