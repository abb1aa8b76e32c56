package io.reliablemq.test.spring;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.error.BasicErrorMessageFactory;

/**
 * Assertions on messages that were sent: AssertJ's on lists, and what became of each. What takes its time is waited for, ten seconds
 * unless {@link #within} says otherwise.
 */
public final class OutboxAssert
        extends AbstractListAssert<
                OutboxAssert, List<? extends OutgoingMessage>, OutgoingMessage, ObjectAssert<OutgoingMessage>> {

    private static final Duration STANDARD = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 20;

    private final OutboxRecords records;
    private final Duration patience;

    OutboxAssert(List<? extends OutgoingMessage> messages, OutboxRecords records) {
        this(messages, records, STANDARD);
    }

    private OutboxAssert(List<? extends OutgoingMessage> messages, OutboxRecords records, Duration patience) {
        super(messages, OutboxAssert.class);
        this.records = records;
        this.patience = patience;
    }

    /** How long the assertions that follow wait. */
    public OutboxAssert within(Duration time) {
        return new OutboxAssert(actual, records, time).as(descriptionText());
    }

    /** Goes on with those to this topic alone. */
    public OutboxAssert toTopic(String topic) {
        return filteredOn(message -> message.topic().equals(topic));
    }

    /** Verifies that their keys are these, in this order. */
    public OutboxAssert hasKeys(String... keys) {
        Assertions.assertThat(actual).extracting(OutgoingMessage::key).containsExactly(keys);
        return this;
    }

    /** Verifies that their payloads are these texts, in this order. */
    public OutboxAssert hasPayloads(String... texts) {
        Assertions.assertThat(actual)
                .extracting(message -> new String(message.payload(), StandardCharsets.UTF_8))
                .containsExactly(texts);
        return this;
    }

    /** Verifies that there are some, and that the broker has stored each of them. */
    public OutboxAssert wereSent() {
        return eachBecomes("sent", records::isSent);
    }

    /** Verifies that there are some, and that each of them is parked: refused by the broker, or behind one of its key that was. */
    public OutboxAssert areParked() {
        return areParkedBecause("");
    }

    /** The same, for a reason that contains this. */
    public OutboxAssert areParkedBecause(String part) {
        return eachBecomes(
                part.isEmpty() ? "parked" : "parked because of " + part, message -> records.whyParked(message)
                        .filter(reason -> reason.contains(part))
                        .isPresent());
    }

    private OutboxAssert eachBecomes(String what, Predicate<OutgoingMessage> is) {
        isNotEmpty();
        long deadline = System.nanoTime() + patience.toNanos();
        for (OutgoingMessage message : actual) {
            while (!is.test(message)) {
                if (System.nanoTime() - deadline > 0) {
                    throwAssertionError(new BasicErrorMessageFactory(
                            "%nExpecting %s to become %s within %s, but it is: %s",
                            message.toString(), what, patience, records.whereabouts(message)));
                }
                pause();
            }
        }
        return this;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a message was on its way", e);
        }
    }

    @Override
    protected ObjectAssert<OutgoingMessage> toAssert(OutgoingMessage value, String description) {
        return new ObjectAssert<>(value).as(description);
    }

    @Override
    protected OutboxAssert newAbstractIterableAssert(Iterable<? extends OutgoingMessage> messages) {
        return new OutboxAssert(
                StreamSupport.stream(messages.spliterator(), false).toList(), records, patience);
    }
}
