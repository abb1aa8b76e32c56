/** The relay: reads committed rows of the lanes it owns, sends them until the broker has stored them, deletes them. */
@NullMarked
package io.reliablemq.outbox.relay;

import org.jspecify.annotations.NullMarked;
