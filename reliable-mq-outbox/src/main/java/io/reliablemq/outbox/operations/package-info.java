/** What operators do to parked and archived messages. */
@NullMarked
package io.reliablemq.outbox.operations;

import org.jspecify.annotations.NullMarked;
