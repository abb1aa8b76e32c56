/** Turns {@code @ReliableSend} into calls of the outbox, inside the transaction advice of the same method. */
@NullMarked
package io.reliablemq.outbox.annotation;

import org.jspecify.annotations.NullMarked;
