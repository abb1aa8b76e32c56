package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.outbox.spi.SendOutcome.Refused;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jspecify.annotations.Nullable;

/** Messages that share batches, and the batches without an answer. Used by the send loop's thread only. */
final class Lane {

    /** When nothing is to be gathered. */
    static final long NEVER = Long.MAX_VALUE;

    private static final String NOT_SENT = "not sent: others to the same place are without an answer";
    /** Much shorter than a broker needs to write to its disk. */
    private static final long GATHER_NANOS = 500_000;

    private final @Nullable MessageQueue queue;
    private final int mostInFlight;
    private final BatchSettings limits;
    private final ArrayDeque<PendingSend> waiting = new ArrayDeque<>();
    /** Halves of refused batches; they are before what waits. */
    private final ArrayDeque<Batch> again = new ArrayDeque<>();

    private final Set<Batch> inFlight = new HashSet<>();
    private int wanted;
    private long gatherUntil;

    Lane(@Nullable MessageQueue queue, int mostInFlight, BatchSettings limits) {
        this.queue = queue;
        this.mostInFlight = mostInFlight;
        this.limits = limits;
    }

    void add(PendingSend pending) {
        waiting.add(pending);
    }

    boolean isIdle() {
        return waiting.isEmpty() && again.isEmpty() && inFlight.isEmpty();
    }

    /**
     * Sends what may be sent.
     *
     * @param sending takes a batch to the client and brings the answer back to {@link #answered}
     * @return in how many nanoseconds to call this again although nothing else happens
     */
    long flush(String topic, BiConsumer<Lane, Batch> sending) {
        long now = System.nanoTime();
        if (gathers(now)) {
            return gatherUntil - now;
        }
        wanted = 0;
        send(topic, sending);
        return NEVER;
    }

    /**
     * The answer to a batch lets the relay hand over the messages that were behind those in it, one after the other. The first few of
     * them would go alone, and the others would wait for their answer: two half batches in turn instead of a whole one.
     */
    private boolean gathers(long now) {
        return again.isEmpty() && !waiting.isEmpty() && waiting.size() < wanted && now - gatherUntil < 0;
    }

    private void send(String topic, BiConsumer<Lane, Batch> sending) {
        while (inFlight.size() < mostInFlight) {
            Batch batch = again.isEmpty() ? fill(topic) : again.remove();
            if (batch.size() == 0) {
                return;
            }
            batch.sentAt = System.nanoTime();
            inFlight.add(batch);
            sending.accept(this, batch);
        }
    }

    private Batch fill(String topic) {
        List<Batch.Entry> entries = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty() && entries.size() < limits.maxMessages()) {
            PendingSend next = waiting.element();
            Message wire = wire(next, topic);
            if (wire != null) {
                bytes += RemotingMessage.weight(wire);
                if (bytes > limits.maxBytes() && !entries.isEmpty()) {
                    break;
                }
                entries.add(new Batch.Entry(next, wire));
            }
            waiting.remove();
        }
        return new Batch(queue, entries);
    }

    private static @Nullable Message wire(PendingSend pending, String topic) {
        try {
            return RemotingMessage.of(pending.message, topic);
        } catch (IllegalArgumentException e) {
            // made of the message alone, so it will be refused for ever
            pending.outcome.complete(new Refused(Reason.ILLEGAL_MESSAGE, RemotingFailures.text(e)));
            return null;
        } catch (RuntimeException | LinkageError e) {
            pending.unknown(RemotingFailures.text(e));
            return null;
        }
    }

    void answered(Batch batch, SendOutcome outcome) {
        if (!inFlight.remove(batch)) {
            return; // nobody waits for it any more
        }
        if (batch.size() > 1 && outcome instanceof Refused refused && blamesAMessage(refused.reason())) {
            again.addAll(batch.halves());
        } else {
            gather(batch.size());
            batch.complete(outcome);
        }
    }

    private void gather(int answered) {
        if (answered > 1) {
            wanted = Math.min(limits.maxMessages(), Math.max(wanted, waiting.size()) + answered);
            gatherUntil = System.nanoTime() + GATHER_NANOS;
        }
    }

    private static boolean blamesAMessage(Reason reason) {
        return reason == Reason.TOO_LARGE || reason == Reason.ILLEGAL_MESSAGE;
    }

    /** Gives up what was not sent by then, and answers that do not come. */
    void expire(long notSentSince, long noAnswerSince) {
        while (!waiting.isEmpty() && waiting.element().since - notSentSince < 0) {
            waiting.remove().unknown(NOT_SENT);
        }
        while (!again.isEmpty() && again.element().since() - notSentSince < 0) {
            again.remove().complete(new SendOutcome.Unknown(NOT_SENT));
        }
        for (Batch batch : List.copyOf(inFlight)) {
            if (batch.sentAt - noAnswerSince < 0) {
                answered(batch, new SendOutcome.Unknown("no answer from the client"));
            }
        }
    }
}
