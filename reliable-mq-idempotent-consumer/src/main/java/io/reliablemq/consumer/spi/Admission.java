package io.reliablemq.consumer.spi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whether a message is new. */
public sealed interface Admission {

    /**
     * The record is written in this transaction.
     *
     * @param sentinel to be released right before the commit, after the effect
     */
    record Admitted(CommitSentinel sentinel) implements Admission {}

    /**
     * The key was recorded and committed before.
     *
     * @param messageId of the message that was recorded, or null
     * @param digest of its payload
     */
    @SuppressWarnings("ArrayRecordComponent") // read from a row and never shared
    record Recorded(InboxState state, @Nullable String messageId, byte[] digest) implements Admission {

        /** Whether the record belongs to another message: neither the id nor the content is the same. */
        public boolean conflictsWith(InboxEntry entry) {
            boolean sameId = messageId != null && messageId.equals(entry.messageId());
            return !sameId && !Arrays.equals(digest, entry.digest());
        }
    }
}
