package io.reliablemq.outbox.write;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.WriteObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the rows of one transaction and tells the relay of them. */
final class RowWriter {

    private static final Logger log = LoggerFactory.getLogger(RowWriter.class);

    private final Target target;
    private final List<UUID> announced = new ArrayList<>();
    private final List<OutboxRow> rows = new ArrayList<>();
    private final List<OutgoingMessage> written = new ArrayList<>();

    RowWriter(Target target) {
        this.target = target;
    }

    /** Where the rows of an outbox go and who is told. */
    record Target(
            OutboxStore store, Supplier<LaneLayout> layout, RelayFeed feed, Duration handOver, WriteObserver observer) {

        /** The others would be at the broker before anybody could cancel them. */
        boolean delays(OutgoingMessage message) {
            return message.deliverAtMs() - message.createdAtMs() > handOver.toMillis();
        }
    }

    boolean writesTo(Target other) {
        return target.equals(other);
    }

    void write(List<OutgoingMessage> messages) {
        Map<Boolean, List<OutgoingMessage>> byDelay =
                messages.stream().collect(Collectors.partitioningBy(target::delays));
        delay(byDelay.getOrDefault(true, List.of()));
        send(byDelay.getOrDefault(false, List.of()));
        written.addAll(messages);
    }

    /** Not announced and not told of: the relay comes across them when they are moved to their lane. */
    private void delay(List<OutgoingMessage> messages) {
        if (!messages.isEmpty()) {
            target.store().delay(messages.stream().map(this::inLane).toList(), target.handOver());
        }
    }

    private void send(List<OutgoingMessage> messages) {
        if (messages.isEmpty()) {
            return;
        }
        announce(messages.stream().map(OutgoingMessage::id).toList());
        List<OutboxRow> inserted =
                target.store().insert(messages.stream().map(this::inLane).toList());
        if (inserted.size() != messages.size()) {
            throw new CommitStoppedException(
                    inserted.size() + " rows were written for " + messages.size()
                            + " messages, the transaction is rolled back. Check the OutboxStore implementation",
                    null);
        }
        rows.addAll(inserted);
    }

    /** Remembered first: whatever comes out of the call, the ids are released. */
    private void announce(List<UUID> ids) {
        announced.addAll(ids);
        target.feed().announce(ids);
    }

    private LaneMessage inLane(OutgoingMessage message) {
        String orderingKey = message.orderingKey();
        int lane = orderingKey == null
                ? target.feed().unorderedLane()
                : target.layout().get().laneOf(orderingKey);
        return new LaneMessage(lane, message);
    }

    void complete(boolean committed) {
        if (!announced.isEmpty()) {
            tellFeed(committed);
        }
        if (committed && !written.isEmpty()) {
            target.observer().written(written);
            written.forEach(RowWriter::tell);
        }
    }

    private static void tell(OutgoingMessage message) {
        LogEvent.MESSAGE_WRITTEN
                .on(log)
                .addKeyValue("reliablemq.topic", message.topic())
                .addKeyValue("reliablemq.message_id", message.id())
                .log("{} is written", message);
    }

    private void tellFeed(boolean committed) {
        boolean told = false;
        try {
            if (committed) {
                target.feed().committed(List.copyOf(rows));
                told = true;
            }
        } finally {
            if (!told) {
                target.feed().released(List.copyOf(announced));
            }
        }
    }
}
