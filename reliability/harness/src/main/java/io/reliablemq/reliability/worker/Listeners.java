package io.reliablemq.reliability.worker;

import io.reliablemq.consumer.IdempotentListener;
import org.springframework.stereotype.Component;

/** Three ways to listen; each owes one effect to each committed transaction. */
@Component
class Listeners {

    private final Effects effects;
    private final Notes notes;

    Listeners(Effects effects, Notes notes) {
        this.effects = effects;
        this.notes = notes;
    }

    @IdempotentListener(topic = "ledger-by-account", consumerGroup = "ordered", ordered = "true", concurrency = "8")
    void inOrder(Booking booking) throws InterruptedException {
        // written last, so that effects have the order in which they are committed
        Thread.sleep(booking.pauseInOrderMs());
        effects.apply("ordered", booking);
    }

    @IdempotentListener(topic = "ledger", consumerGroup = "single", key = "payload.id", concurrency = "6")
    void oneByOne(Booking booking) throws InterruptedException {
        applySlowly(booking);
        notes.take();
    }

    @IdempotentListener(topic = "ledger", consumerGroup = "coalesced", coalesce = "16", concurrency = "4")
    void together(Booking booking) {
        effects.apply("coalesced", booking);
    }

    /** Half of them are slow before they write, the others before they commit. */
    private void applySlowly(Booking booking) throws InterruptedException {
        boolean first = booking.seq() % 2 == 0;
        if (first) {
            effects.apply("single", booking);
        }
        Thread.sleep(booking.pauseMs());
        if (!first) {
            effects.apply("single", booking);
        }
    }
}
