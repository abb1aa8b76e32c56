/** The end of archived messages. */
@NullMarked
package io.reliablemq.outbox.retention;

import org.jspecify.annotations.NullMarked;
