package io.reliablemq.test.spring;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * What the application has sent: a bean in tests with {@link io.reliablemq.test.EmbeddedRocketMq}, for
 * {@link OutboxAssertions#assertThat}. Safe for use by several threads.
 *
 * <p>Only what was committed is there, whether it has left the outbox or not. Direct messages never are.
 */
public final class OutboxRecords {

    private final Traffic traffic;
    private final OutboxTables tables;

    OutboxRecords(ListableBeanFactory beans, Traffic traffic) {
        this.traffic = traffic;
        this.tables = new OutboxTables(beans);
    }

    /** What the transactions that this thread commits within the action have sent; what it throws is passed on. */
    public Written writtenBy(Runnable action) {
        return new Written(traffic.writtenBy(action), this);
    }

    /** What was sent to a topic since the application context started, the latest 10,000 of all topics. */
    public Written writtenTo(String topic) {
        return new Written(traffic.writtenTo(topic), this);
    }

    boolean isSent(OutgoingMessage message) {
        return traffic.isStored(message.id());
    }

    /** Where a message is that should be somewhere else. */
    String whereabouts(OutgoingMessage message) {
        UUID id = message.id();
        if (traffic.isStored(id)) {
            return "sent";
        }
        return tables.whyParked(id).map(reason -> "parked, " + reason).orElse("waiting in the outbox, or cancelled");
    }

    Optional<String> whyParked(OutgoingMessage message) {
        return tables.whyParked(message.id());
    }

    /** Messages that were sent. */
    public static final class Written {

        private final List<OutgoingMessage> messages;
        private final OutboxRecords records;

        Written(List<OutgoingMessage> messages, OutboxRecords records) {
            this.messages = List.copyOf(messages);
            this.records = records;
        }

        /** In the order in which they were sent. */
        public List<OutgoingMessage> messages() {
            return messages;
        }

        OutboxRecords records() {
            return records;
        }
    }
}
