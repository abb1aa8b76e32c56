package io.reliablemq.outbox.write;

import io.reliablemq.outbox.spi.DirectFeed;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a transaction was asked to send and to cancel, in order, so that a savepoint can take it back. */
final class MessageBuffer {

    private final List<Step> steps = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    /** Taken out of the steps right before the commit: no savepoint can take them back any more. */
    private final Map<DirectFeed, List<OutgoingMessage>> direct = new LinkedHashMap<>();

    private sealed interface Step {}

    /** @param direct who takes it after the commit; null for a row of the outbox */
    private record Send(OutgoingMessage message, @Nullable DirectFeed direct) implements Step {

        boolean isRow() {
            return direct == null;
        }
    }

    private record Cancel(UUID id) implements Step {}

    /** How many steps there were when a savepoint was set. */
    private record Mark(Object savepoint, int size) {}

    void add(List<OutgoingMessage> messages, @Nullable DirectFeed feed) {
        messages.forEach(message -> steps.add(new Send(message, feed)));
    }

    /** @return whether the message is here, not taken out yet, and was not cancelled before */
    boolean cancel(UUID id) {
        boolean there = pending().stream().anyMatch(send -> send.message().id().equals(id));
        if (there) {
            steps.add(new Cancel(id));
        }
        return there;
    }

    private List<Send> pending() {
        Set<UUID> cancelled = new HashSet<>();
        List<Send> sent = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Cancel cancel) {
                cancelled.add(cancel.id());
            } else if (step instanceof Send send) {
                sent.add(send);
            }
        }
        sent.removeIf(send -> cancelled.contains(send.message().id()));
        return sent;
    }

    /** Messages for the outbox that are not taken out yet. */
    List<OutgoingMessage> rows() {
        return pending().stream().filter(Send::isRow).map(Send::message).toList();
    }

    /** Whether there is anything for the outbox, cancelled or not. */
    boolean hasRows() {
        return steps.stream().anyMatch(step -> step instanceof Send send && send.isRow());
    }

    /** Takes the messages for the outbox out, right before the commit. */
    List<OutgoingMessage> takeRows() {
        List<OutgoingMessage> rows = rows();
        setDirectAside();
        return rows;
    }

    private void setDirectAside() {
        if (steps.isEmpty()) {
            return;
        }
        for (Send send : pending()) {
            if (send.direct() != null) {
                direct.computeIfAbsent(send.direct(), feed -> new ArrayList<>()).add(send.message());
            }
        }
        steps.clear();
    }

    /** The messages past the outbox, when the transaction is over. */
    Map<DirectFeed, List<OutgoingMessage>> takeDirect() {
        setDirectAside();
        return direct;
    }

    /** One set before the first message needs no mark: going back to it empties the buffer. */
    void mark(Object savepoint) {
        if (!steps.isEmpty()) {
            marks.add(new Mark(savepoint, steps.size()));
        }
    }

    void backTo(Object savepoint) {
        int index = marks.size() - 1;
        while (index >= 0 && marks.get(index).savepoint() != savepoint) {
            index--;
        }
        int size = index < 0 ? 0 : marks.get(index).size();
        marks.subList(index + 1, marks.size()).clear();
        steps.subList(Math.min(size, steps.size()), steps.size()).clear();
    }
}
