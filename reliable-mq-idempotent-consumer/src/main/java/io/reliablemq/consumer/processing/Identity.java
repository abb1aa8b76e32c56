package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.PreparedMessage;

/** Who a message is, and whether its handler may see it. */
sealed interface Identity {

    InboxEntry entry();

    /** @param asOf when its age was looked at */
    record Accepted(InboxEntry entry, PreparedMessage prepared, DatabaseClock.Moment asOf) implements Identity {

        /**
         * To be asked when its record was inserted, so found to be missing: whether none can have been deleted that nobody knew of when
         * its age was looked at.
         *
         * @throws InboxContentionException when this process has stood still in between
         */
        void requireYoung() {
            if (!asOf.stillHolds()) {
                throw new InboxContentionException(
                        entry + ": too much time has passed since its age was looked at; it is tried again", null);
            }
        }
    }

    /** The entry's key may be a stand-in that keeps the letter itself unique. */
    record Refused(InboxEntry entry, DeadLetterReason reason, Throwable problem) implements Identity {}
}
