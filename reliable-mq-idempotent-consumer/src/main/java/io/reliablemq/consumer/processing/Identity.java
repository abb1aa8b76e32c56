package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.PreparedMessage;

/** Who a message is, and whether its handler may see it. */
sealed interface Identity {

    InboxEntry entry();

    record Accepted(InboxEntry entry, PreparedMessage prepared) implements Identity {}

    /** The entry's key may be a stand-in that keeps the letter itself unique. */
    record Refused(InboxEntry entry, DeadLetterReason reason, Throwable problem) implements Identity {}
}
