package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import org.jspecify.annotations.Nullable;

/** A row that the relay has in memory, from the moment it is accepted until its row is deleted, parked or given up. */
final class HeldMessage {

    enum State {
        /** Ready, backing off, or behind an earlier message of its key. */
        WAITING,
        IN_FLIGHT,
        /** The answer has come, or is not waited for any longer; what follows from it is about to be done. */
        ANSWERED,
        /** Stored by the broker; its row is about to be deleted. */
        SETTLING,
        /** Not this relay's business any more; whatever still refers to it passes it over. */
        DROPPED
    }

    final OutboxRow row;
    final TopicFlow flow;
    /** Of its ordering key; null without one. */
    final @Nullable KeyQueue queue;
    /** Another owner of the lane, or this relay before it forgot the row, may have sent it. */
    boolean doubtful;

    State state = State.WAITING;
    int attempts;
    private int unknowns;
    /** How many outages of its topic had ended when it failed the last time. */
    private int failedAfter;

    long notBefore;
    long sentAt;

    HeldMessage(OutboxRow row, TopicFlow flow, boolean doubtful) {
        this.row = row;
        this.flow = flow;
        String orderingKey = row.message().orderingKey();
        this.queue = orderingKey == null ? null : flow.queue(orderingKey);
        this.doubtful = doubtful;
    }

    /** Whether no broker can have the message, supposed that the attempt which is just answered was refused. */
    boolean unsent() {
        return !doubtful && attempts == 0;
    }

    void sent(long now) {
        state = State.IN_FLIGHT;
        sentAt = now;
    }

    /** The outcome is unknown. */
    void failed() {
        unknowns++;
        failedAfter = flow.outagesEnded();
    }

    /** It failed before it was let go of, and no message of its key was stored or parked since then. */
    void wasStuck(int failedAfter) {
        unknowns = SendWindow.OUTAGE_AFTER;
        this.failedAfter = failedAfter;
    }

    int failedAfter() {
        return failedAfter;
    }

    /** Whether it was stored was not known more than once: its key may have its queue on a broker that is away for long. */
    boolean stuck() {
        return unknowns > 1;
    }

    /** Whether what is behind it waits for long, perhaps: no outage of its topic has ended since it failed, or the memory is wanted by others. */
    boolean blocks() {
        return stuck() && (flow.isScarce() || failedAfter == flow.outagesEnded());
    }

    int failures() {
        return unknowns;
    }

    /** Whether its last failure says something of its topic. When it goes on to fail while others are stored that says nothing more. */
    boolean tells() {
        return unknowns <= SendWindow.OUTAGE_AFTER;
    }

    /** Whether the answer to the attempt that was begun then is still waited for. */
    boolean awaits(long attempt) {
        return state == State.IN_FLIGHT && sentAt == attempt;
    }

    int lane() {
        return row.ref().lane();
    }

    long id() {
        return row.ref().id();
    }

    int weight() {
        return row.message().weight();
    }
}
